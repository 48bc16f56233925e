from django.urls import path

from jinmai.core.notices import views

urlpatterns = [
    path("notices/", views.inbox, name="inbox"),
    path("notices/bell", views.bell, name="bell"),
    path("notices/read", views.mark_all_read, name="mark_all_read"),
    path("notices/<int:pk>/", views.open_message, name="open_message"),
    path("notices/preferences/", views.preferences, name="preferences"),
    path("notices/endpoints/", views.endpoint_list, name="endpoints"),
    path("notices/endpoints/new/", views.add_endpoint, name="add_endpoint"),
    path("notices/endpoints/<int:pk>/", views.endpoint, name="endpoint"),
    path("notices/endpoints/<int:pk>/test", views.test_endpoint, name="test_endpoint"),
    path("notices/endpoints/<int:pk>/deliveries", views.endpoint_deliveries, name="endpoint_deliveries"),
    path("notices/endpoints/<int:pk>/switch", views.switch_endpoint, name="switch_endpoint"),
    path("notices/deliveries/", views.delivery_list, name="deliveries"),
    path("notices/deliveries/<int:pk>/", views.delivery, name="delivery"),
    path("notices/deliveries/<int:pk>/again", views.send_again, name="send_again"),
]
