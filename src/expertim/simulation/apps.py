from django.apps import AppConfig


class SimulationConfig(AppConfig):
    name = "expertim.simulation"
    label = "simulation"
