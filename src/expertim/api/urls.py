"""The addresses of the API, made from its table of calls."""

from django.urls import path

from expertim.api import views
from expertim.api.serving import nowhere, served
from expertim.api.table import by_path


def _pattern(template: str) -> str:
    """`/meetings/{id}/join` as Django writes it."""
    return template.lstrip("/").replace("{", "<str:").replace("}", ">")


def _name(template: str) -> str:
    """Of an address: api_meetings_id_join."""
    return "api_" + template.strip("/").replace("{", "").replace("}", "").replace("/", "_")


urlpatterns = [
    path("openapi.json", views.document_json, name="api_document"),
    path("docs", views.docs, name="api_docs"),
    *(path(_pattern(template), served(calls), name=_name(template)) for template, calls in by_path().items()),
    path("<path:rest>", nowhere, name="api_nowhere"),
    path("", nowhere, name="api_root"),
]
