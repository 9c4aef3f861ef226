"""What mixes rooms, and the addresses that stand alone."""

from django.urls import path

from expertim.site import (
    views,
    views_account,
    views_chat,
    views_clock,
    views_components,
    views_demo,
    views_experts,
    views_help,
    views_inbox,
    views_plain,
    views_settings,
)

urlpatterns = [
    path("", views.home, name="home"),
    path("e/<slug:slug>/", views.dashboard, name="dashboard"),
    path("e/<slug:slug>/skills/", views.skills, name="skills"),
    path("e/<slug:slug>/experts/", views_experts.experts, name="experts"),
    path("e/<slug:slug>/experts/<str:public_id>/", views_experts.expert, name="expert"),
    path("account/", views_account.account, name="account"),
    path("account/blocks/", views_account.blocks, name="account_blocks"),
    path("inbox/", views_inbox.inbox, name="inbox"),
    path("inbox/unread/", views_inbox.unread, name="unread"),
    path("inbox/read/", views_inbox.read_all, name="inbox_read"),
    path("inbox/<int:number>/", views_inbox.opened, name="notice"),
    path("chats/", views_chat.chats, name="chats"),
    path("chats/with/<str:public_id>/", views_chat.begin, name="chat_begin"),
    path("chats/<str:public_id>/", views_chat.chat, name="chat"),
    path("chats/<str:public_id>/news/", views_chat.news, name="chat_news"),
    path("chats/<str:public_id>/read/", views_chat.read, name="chat_read"),
    path("chats/<str:public_id>/block/", views_chat.block, name="chat_block"),
    path("chats/<str:public_id>/report/<int:number>/", views_chat.report, name="chat_report"),
    path("settings/chats/", views_chat.settings_page, name="chat_settings"),
    path("settings/", views_settings.settings_page, name="settings"),
    path("help/", views_help.contents, name="help"),
    path("help/<slug:name>/", views_help.page, name="help_page"),
    path("demo/", views_demo.start, name="demo"),
    path("operator/components/", views_components.components, name="components"),
    path("demo/clock/", views_clock.clock_page, name="demo_clock"),
    path("healthz", views_plain.healthz, name="healthz"),
    path("robots.txt", views_plain.robots, name="robots"),
    path("favicon.ico", views_plain.favicon, name="favicon"),
]
