"""The living numbers of this system: on the portal and on the big screen."""
