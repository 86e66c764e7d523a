"""Who may use a client: decided by the same function as for apps."""

from allauth.idp.oidc.models import Client

from core.access.audience import AccessDecision, decide
from core.access.visitor import Visitor
from core.people.models import Person
from core.people.selectors import active_roles
from core.plugins.manifest import Audience

from .models import ClientRegistration, Connection
from .passwords import password_digest


def decide_client(registration: ClientRegistration, visitor: Visitor) -> AccessDecision:
    """Return whether a visitor may sign in at a client. The issuer is one site, so that sites do not count."""
    audience = Audience.model_construct(
        sign_in="required",
        sites=["intranet", "internet"],
        rings=registration.rings,
        roles=registration.roles,
        maintainers=False,
    )
    return decide(audience, visitor, None)


def may_keep_tokens(connection: Connection | None, person: Person, registration: ClientRegistration) -> bool:
    """Return whether tokens of `person` at a client work now.

    Rings do not count: the address is the client's then.
    """
    return (
        connection is not None
        and connection.since is not None
        and person.is_active
        and connection.password_digest == password_digest(person)
        and (not registration.roles or not active_roles(person).isdisjoint(registration.roles))
    )


def registration_of(client_id: str) -> ClientRegistration | None:
    """Return a client by its id. One query."""
    if not client_id or len(client_id) > Client._meta.get_field("id").max_length or "\0" in client_id:
        return None
    return ClientRegistration.objects.select_related("client").filter(client_id=client_id).first()
