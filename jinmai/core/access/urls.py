from django.urls import path

from jinmai.core.access.views import sign_in

# allauth finds its own steps by the names that begin with account_, mfa_ and usersessions_.
urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-in/", sign_in.sign_in, name="account_login"),
    path("sign-in/inactive/", sign_in.inactive, name="account_inactive"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("sign-out/", sign_in.sign_out, name="account_logout"),
    path("password/", sign_in.password_change, name="password_change"),
]
