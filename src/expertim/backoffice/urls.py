"""The operator's addresses. Disputes are those of the room of meetings."""

from django.urls import path

from expertim.backoffice import (
    views_credits,
    views_expertises,
    views_experts,
    views_meetings,
    views_notices,
    views_overview,
    views_people,
    views_reasons,
    views_reviews,
    views_skills,
)

urlpatterns = [
    path("", views_overview.overview, name="operator"),
    path("audit/", views_overview.audited, name="operator_audit"),
    path("worker/release/", views_overview.release, name="operator_worker_release"),
    path("people/", views_people.people, name="operator_people"),
    path("people/<str:public_id>/", views_people.person, name="operator_person"),
    path("people/<str:public_id>/movements/", views_people.movements, name="operator_movements"),
    path("people/<str:public_id>/notices/", views_people.notices, name="operator_told"),
    path("people/<str:public_id>/grant/", views_people.grant, name="operator_grant"),
    path("people/<str:public_id>/signing-in/", views_people.signing_in, name="operator_signing_in"),
    path("meetings/", views_meetings.meetings, name="operator_meetings"),
    path("expertises/", views_expertises.expertises, name="operator_expertises"),
    path("expertises/<slug:slug>/", views_expertises.expertise, name="operator_expertise"),
    path("expertises/<slug:slug>/policy/", views_expertises.policy, name="operator_policy"),
    path("expertises/<slug:slug>/texts/", views_expertises.texts, name="operator_texts"),
    path("expertises/<slug:slug>/skills/new/", views_skills.new, name="operator_skill_new"),
    path("expertises/<slug:slug>/skills/<int:number>/", views_skills.skill, name="operator_skill"),
    path("expertises/<slug:slug>/skills/<int:number>/up/", views_skills.up, name="operator_skill_up"),
    path("expertises/<slug:slug>/experts/", views_experts.experts, name="operator_experts"),
    path("expertises/<slug:slug>/experts/<int:number>/listed/", views_experts.listed, name="operator_expert_listed"),
    path(
        "expertises/<slug:slug>/services/<str:public_id>/offered/",
        views_experts.offered,
        name="operator_service_offered",
    ),
    path("reasons/", views_reasons.reasons, name="operator_reasons"),
    path("reasons/new/", views_reasons.new, name="operator_reason_new"),
    path("reasons/<int:number>/", views_reasons.reason, name="operator_reason"),
    path("reasons/<int:number>/offered/", views_reasons.offered, name="operator_reason_offered"),
    path("reasons/<int:number>/up/", views_reasons.up, name="operator_reason_up"),
    path("credits/", views_credits.ledger, name="operator_credits"),
    path("notices/", views_notices.notices, name="operator_notices"),
    path("notices/again/", views_notices.again, name="operator_notices_again"),
    path("reviews/", views_reviews.reviews, name="operator_reviews"),
    path("reviews/<int:number>/hide/", views_reviews.hide, name="operator_review_hide"),
    path("reviews/<int:number>/show/", views_reviews.show, name="operator_review_show"),
]
