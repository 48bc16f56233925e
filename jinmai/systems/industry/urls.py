"""Addresses of the industry system, below ``/industry/``."""

from __future__ import annotations

from django.urls import path

from jinmai.systems.industry.views import (
    alarms,
    bureau,
    device,
    overview,
    plant,
    quarantine,
    rules,
    thing_models,
)

app_name = "industry"
urlpatterns = [
    path("", overview.overview, name="overview"),
    path("bureau/", bureau.by_district, name="bureau"),
    path("bureau/industries/", bureau.by_industry, name="bureau_industries"),
    path("bureau/plants/", bureau.plants, name="bureau_plants"),
    path("plants/<slug:key>/", plant.plant_page, name="plant"),
    path("plants/<slug:key>/live", plant.live_plant, name="live_plant"),
    path("plants/<slug:key>/charts/<slug:name>", plant.plant_chart, name="plant_chart"),
    path("plants/<slug:key>/coverage/", plant.plant_coverage, name="plant_coverage"),
    path("devices/<slug:key>/", device.device_page, name="device"),
    path("devices/<slug:key>/live", device.live_device, name="live_device"),
    path("devices/<slug:key>/charts/<slug:name>", device.device_chart, name="device_chart"),
    path("thing-models/", thing_models.thing_models, name="thing_models"),
    path("thing-models/<slug:key>/", thing_models.thing_model, name="thing_model"),
    path("alarms/", alarms.alarm_list, name="alarms"),
    path("alarms/frequency/", alarms.alarm_frequency, name="alarm_frequency"),
    path("alarms/<int:pk>/", alarms.alarm_page, name="alarm"),
    path("alarms/<int:pk>/acknowledge", alarms.acknowledge, name="acknowledge_alarm"),
    path("alarms/<int:pk>/clear", alarms.clear, name="clear_alarm"),
    path("alarm-rules/", rules.alarm_rules, name="alarm_rules"),
    path("alarm-rules/<slug:key>/", rules.alarm_rule, name="alarm_rule"),
    path("quarantine/", quarantine.quarantine_list, name="quarantine"),
    path("quarantine/<int:pk>/", quarantine.quarantined, name="quarantined"),
]
