"""A device with passkeys, in software: it answers what the sign-in API asks as a browser would."""

import json
import secrets
from hashlib import sha256
from struct import pack

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40
NO_MODEL = bytes(16)  # the device does not say what it is


class Device:
    """Holds one passkey. `verified` is whether the device verifies its owner."""

    def __init__(self, host="testserver", origin=None, *, verified=True):
        self.host, self.origin = host, origin or f"https://{host}"
        self.flags = PRESENT | (VERIFIED if verified else 0)
        self.id = secrets.token_bytes(16)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.owner = None

    def register(self, answer):
        """Return the credential for the options that an answer holds."""
        options = answer.json()["data"]["creation_options"]["publicKey"]
        assert options["rp"]["id"] == self.host
        assert options["authenticatorSelection"]["userVerification"] == "required"
        self.owner = websafe_decode(options["user"]["id"])
        public_key = cbor.encode(ES256.from_cryptography_key(self.key.public_key()))
        attested = NO_MODEL + pack(">H", len(self.id)) + self.id + public_key
        data = self._data(self.flags | ATTESTED) + attested
        response = {
            "clientDataJSON": websafe_encode(self._client_data("webauthn.create", options["challenge"])),
            "attestationObject": websafe_encode(cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})),
        }
        return self._credential(response, clientExtensionResults={"credProps": {"rk": True}})

    def sign(self, answer):
        """Return the signed response to the options in an answer of the API."""
        options = answer.json()["data"]["request_options"]["publicKey"]
        client_data = self._client_data("webauthn.get", options["challenge"])
        data = self._data(self.flags)
        signature = self.key.sign(data + sha256(client_data).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": websafe_encode(client_data),
            "authenticatorData": websafe_encode(data),
            "signature": websafe_encode(signature),
            "userHandle": websafe_encode(self.owner),
        }
        return self._credential(response, clientExtensionResults={})

    def _data(self, flags):
        return sha256(self.host.encode()).digest() + bytes([flags]) + pack(">I", 0)

    def _client_data(self, kind, challenge):
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin}).encode()

    def _credential(self, response, **more):
        identifier = websafe_encode(self.id)
        return {"type": "public-key", "id": identifier, "rawId": identifier, "response": response, **more}
