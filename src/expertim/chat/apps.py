from django.apps import AppConfig


class ChatConfig(AppConfig):
    name = "expertim.chat"
    label = "chat"
