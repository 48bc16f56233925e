from django.urls import path

from jinmai.core.access.views import api_keys, people, sign_in

# allauth finds its own steps by the names that begin with account_, mfa_ and usersessions_.
urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-in/", sign_in.sign_in, name="account_login"),
    path("sign-in/inactive/", sign_in.inactive, name="account_inactive"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("sign-out/", sign_in.sign_out, name="account_logout"),
    path("password/", sign_in.password_change, name="password_change"),
    path("people/", people.people, name="people"),
    path("people/add", people.add_person, name="add_person"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/roles/give", people.give_role, name="give_role"),
    path("people/<int:pk>/roles/take", people.take_role, name="take_role"),
    path("people/<int:pk>/close", people.close_account, name="close_account"),
    path("people/<int:pk>/open", people.open_account, name="open_account"),
    path("people/<int:pk>/password", people.issue_password, name="issue_password"),
    path("people/<int:pk>/second-factor", people.remove_second_factors, name="remove_second_factors"),
    path("people/<int:pk>/contact", people.contact, name="contact"),
    path("api-keys/", api_keys.api_keys, name="api_keys"),
    path("api-keys/add", api_keys.add_api_key, name="add_api_key"),
    path("api-keys/<slug:public_id>/", api_keys.api_key, name="api_key"),
    path("api-keys/<slug:public_id>/revoke", api_keys.revoke, name="revoke_api_key"),
]
