"""The OpenID Connect provider: allauth's views, with what an institute's provider refuses and adds."""
