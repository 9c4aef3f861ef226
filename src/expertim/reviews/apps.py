from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "expertim.reviews"
    label = "reviews"
