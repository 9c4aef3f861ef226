"""What visitors without an account may see of experts who allow it, and what tells search engines of them."""

from __future__ import annotations

import json
from typing import Any
from xml.sax.saxutils import escape

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from expertim.expertise import actions
from expertim.expertise import queries as expertise
from expertim.expertise.rows import ExpertPage
from expertim.foundation.addresses import address, public_address
from expertim.reviews import queries as reviews
from expertim.site.middleware import HeaderRequest
from expertim.site.queries_expert import Standing, standing
from expertim.site.views_expert import offset_of, shown_of
from expertim.site.words_experts import policy_words

MOST_ADDRESSES = 50_000  # of one sitemap (sitemaps.org)
# Within a script element only these could end it, or begin another (HTML, "restrictions for contents of script").
_SAFE = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


@login_not_required
@require_safe
def expert(request: HttpRequest, slug: str, public_id: str) -> HttpResponse:
    """The page for visitors; a hidden one looks like none. Whoever is signed in is led to the inner one."""
    if request.user.is_authenticated:
        return redirect("expert", slug, public_id)
    found = expertise.expert_page(expertise=slug, public_id=public_id.replace("\x00", ""))
    if found is None or not found.public:
        raise Http404
    stands = standing(expert=found.person_id, expertise=found.expertise_id, reader=None)
    canonical = public_address("public_expert", slug, found.id)
    offset = offset_of(request)
    page = render(
        request,
        "site/public_expert.html",
        {
            "expert": found,
            "standing": stands,
            "shown": shown_of(found, stands),
            "policy": policy_words(found.terms),
            "reviews": reviews.about(expert=found.person_id, offset=offset),
            "canonical": canonical,
            "structured": _structured(found, stands, canonical),
            "inner": address("expert", slug, found.id),
        },
    )
    if not offset:
        page["X-Robots-Tag"] = "all"
    return page


def _structured(found: ExpertPage, stands: Standing, canonical: str) -> str:
    """The page as schema.org's ProfilePage, JSON-LD. No ratings: stars are for operators only (V1)."""
    person: dict[str, Any] = {
        "@type": "Person",
        "@id": f"{canonical}#person",
        "name": found.name,
        "description": found.headline,
        "jobTitle": stands.position,
        "worksFor": stands.company and {"@type": "Organization", "name": stands.company},
        "address": stands.city and {"@type": "PostalAddress", "addressLocality": stands.city},
        "knowsLanguage": list(stands.languages),
        "knowsAbout": [skill.name for skill in found.skills],
        "image": stands.photo and public_address("photo", found.id, stands.photo, 384),
        "sameAs": [stands.linkedin] if stands.linkedin else [],
        "makesOffer": [
            {"@type": "Offer", "itemOffered": {"@type": "Service", "name": service.title}} for service in found.services
        ],
    }
    told = {name: value for name, value in person.items() if value}
    page = {"@context": "https://schema.org", "@type": "ProfilePage", "url": canonical, "mainEntity": told}
    return json.dumps(page, ensure_ascii=False).translate(_SAFE)


@login_not_required
@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """The front page, and the experts who let visitors see them."""
    found = expertise.public_pages(limit=MOST_ADDRESSES - 1)
    addresses = [public_address("home"), *(public_address("public_expert", slug, expert) for slug, expert in found)]
    urls = "".join(f"<url><loc>{escape(one)}</loc></url>\n" for one in addresses)
    return HttpResponse(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{urls}</urlset>\n',
        content_type="application/xml; charset=utf-8",
    )


@require_POST
def visible(request: HeaderRequest, slug: str) -> HttpResponse:
    """An expert opens their page in an Expertise to visitors, or closes it."""
    public = request.POST.get("public") == "on"
    if not actions.open_to_visitors(person=request.user.pk, expertise=slug, public=public):
        raise Http404
    said = _("Visitors can see your page now.") if public else _("Visitors cannot see your page any more.")
    messages.success(request, said)
    return redirect("expert", slug, request.user.public_id)
