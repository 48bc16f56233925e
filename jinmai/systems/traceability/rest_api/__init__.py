"""The EPCIS 2.0 interface at ``/epcis/``, as GS1's OpenAPI describes it.

A caller shows an API key with the scope ``epcis``; it captures for the organisation of the key and sees the
events that concern it. Source: GS1 EPCIS 2.0.1, section 12, and the OpenAPI beside it.
"""
