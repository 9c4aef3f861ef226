"""What a WSGI server calls; `expertim serve` brings one along."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "expertim.settings")

application = get_wsgi_application()
