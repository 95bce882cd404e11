"""The requests by which `idbridge` asks for tokens of Entra, beside those of msal for the same credential.

An endpoint of its own records what the program sends and refuses it, so that each way is also seen to end 77. msal is
given a client that records in its place. Assertions are verified by `cryptography`.
"""

import base64
import http.server
import json
import os
import subprocess
import tempfile
import threading
import time
import unittest
import unittest.mock
import urllib.parse

import msal
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from msal.oauth2cli.assertion import JwtAssertionCreator

from clouds import BASE, ENVIRONMENT, READY

TENANT = READY["entra"]["tenant"]
CLIENT = READY["entra"]["client"]
CERTIFICATE = READY["entra"]["certificateFile"]
SCOPE = f"{BASE}/.default"
REFUSAL = {
    "error": "invalid_client",
    "error_description": "AADSTS700027: The key was not found. Trace ID: t Correlation ID: c",
    "error_codes": [700027],
    "trace_id": "00000000-0000-4000-8000-000000000001",
}


class Answer:
    """What msal's HTTP client gives back."""

    def __init__(self, status, body):
        self.status_code, self.text, self.headers = status, json.dumps(body), {}


class Recorder:
    """msal's HTTP client: notes what is asked, and issues a token."""

    def __init__(self, authority):
        self.authority, self.requests = authority, []

    def get(self, url, params=None, headers=None, **_):
        if url.endswith("/openid-configuration"):
            own = f"{self.authority}/{TENANT}"
            return Answer(
                200,
                {
                    "issuer": f"{own}/v2.0",
                    "authorization_endpoint": f"{own}/oauth2/v2.0/authorize",
                    "token_endpoint": f"{own}/oauth2/v2.0/token",
                },
            )
        self.requests.append(("GET", url, dict(params or {}), dict(headers or {})))
        return Answer(200, {"access_token": "t", "expires_in": "3600", "resource": BASE, "token_type": "Bearer"})

    def post(self, url, params=None, data=None, headers=None, **_):
        self.requests.append(("POST", url, dict(data or {}), dict(headers or {})))
        return Answer(200, {"access_token": "t", "expires_in": 3600, "token_type": "Bearer"})

    def close(self):
        pass


def federated_token():
    def part(value):
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    claims = {"iss": "https://tokens.sandbox.example", "sub": "workload", "exp": int(time.time()) + 600}
    return f"{part({'alg': 'RS256'})}.{part(claims)}.c2ln"


class ProductRequests(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.requests = requests = []

        class Endpoint(http.server.BaseHTTPRequestHandler):
            def log_message(self, *_):
                pass

            def do_GET(self):
                path, _, query = self.path.partition("?")
                requests.append(("GET", path, dict(urllib.parse.parse_qsl(query)), dict(self.headers)))
                self.refuse(400, {"error": "invalid_request", "error_description": "Identity not found"})

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = dict(urllib.parse.parse_qsl(body, strict_parsing=True))
                requests.append(("POST", self.path, form, dict(self.headers)))
                self.refuse(401, REFUSAL)

            def refuse(self, status, body):
                answer = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.authority = f"http://127.0.0.1:{server.server_port}"

    def plan(self, credential, code, client=CLIENT, variables=None):
        """Runs the program with this credential, and gives the one request that it made."""
        config = os.path.join(self.folder.name, "idbridge.yaml")
        with open(config, "w", encoding="utf-8") as file:
            file.write(
                f"""version: 1
owner: platform
mappings: mapping.yaml
ledger: ledger.sqlite
sources:
  entra:
    kind: entra
    tenant: {TENANT}
    {"client: " + client if client else ""}
    credential: {credential}
    authority: {self.authority}
    graph: {BASE}
target: {{ region: {READY["region"]} }}
"""
            )
        with open(os.path.join(self.folder.name, "mapping.yaml"), "w", encoding="utf-8") as file:
            file.write("version: 1\ngroups:\n  team:\n    members: [{ entra: Platform Engineers }]\n")
        run = subprocess.run(
            [os.environ["IDBRIDGE_BINARY"], "plan", "--config", config],
            env={"PATH": os.environ["PATH"], **ENVIRONMENT, **(variables or {})},
            capture_output=True,
            text=True,
            check=False,
        )
        self.assertEqual(run.returncode, 77, run.stderr)
        self.assertIn(code, run.stderr)
        self.assertEqual(len(self.requests), 1)
        return self.requests.pop()

    def msal_request(self, credential):
        # msal takes https alone; nothing is asked there.
        authority = self.authority.replace("http:", "https:")
        recorder = Recorder(authority)
        application = msal.ConfidentialClientApplication(
            CLIENT,
            client_credential=credential,
            oidc_authority=f"{authority}/{TENANT}/v2.0",
            http_client=recorder,
            instance_discovery=False,
        )
        application.acquire_token_for_client([SCOPE])
        return recorder.requests.pop()

    def compare(self, ours, theirs):
        """The same path and the same form, but for what msal tells Microsoft about itself."""
        self.assertEqual(ours[0], theirs[0])
        self.assertEqual(ours[1], urllib.parse.urlsplit(theirs[1]).path)
        self.assertEqual(ours[1], f"/{TENANT}/oauth2/v2.0/token")
        form = {name: value for name, value in theirs[2].items() if value is not None and name != "client_info"}
        if isinstance(form["scope"], list):
            form["scope"] = " ".join(form["scope"])
        self.assertEqual(ours[2], form)
        self.assertEqual(ours[3]["Content-Type"], "application/x-www-form-urlencoded")

    def test_secret(self):
        secret = "wrong~secret.with_odd+signs&more=%2F ü"
        ours = self.plan('{ secret: "${env:SECRET}" }', "AADSTS700027", variables={"SECRET": secret})
        self.compare(ours, self.msal_request(secret))

    def test_federated_token(self):
        token = federated_token()
        path = os.path.join(self.folder.name, "token.jwt")
        with open(path, "w", encoding="ascii") as file:
            file.write(token + "\n")
        ours = self.plan("{ federatedToken: token.jwt }", "AADSTS700027")
        self.compare(ours, self.msal_request({"client_assertion": token}))

    def test_certificate(self):
        ours = self.plan(f"{{ certificate: {CERTIFICATE} }}", "AADSTS700027")
        with open(CERTIFICATE, encoding="ascii") as file:
            text = file.read()
        own = x509.load_pem_x509_certificate(text.encode())
        pem = text[text.index("-----BEGIN CERTIFICATE") : text.index("-----END CERTIFICATE-----")]
        theirs = self.msal_request({"private_key": text, "public_certificate": pem + "-----END CERTIFICATE-----\n"})
        assertion = ours[2].pop("client_assertion")
        theirs[2].pop("client_assertion")
        self.compare(ours, theirs)
        self.verify(assertion, own, text, audience=f"{self.authority}/{TENANT}/oauth2/v2.0/token")

    def verify(self, assertion, own, text, audience):
        def decoded(part):
            return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))

        header, claims, signature = assertion.split(".")
        fields, said = json.loads(decoded(header)), json.loads(decoded(claims))
        self.assertEqual(fields["alg"], "PS256")
        self.assertEqual(decoded(fields["x5t#S256"]), own.fingerprint(hashes.SHA256()))
        own.public_key().verify(
            decoded(signature),
            f"{header}.{claims}".encode(),
            padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32),
            hashes.SHA256(),
        )
        self.assertEqual((said["aud"], said["iss"], said["sub"]), (audience, CLIENT, CLIENT))
        self.assertLessEqual(said["exp"] - said["iat"], 600)
        self.assertLess(abs(said["iat"] - time.time()), 60)
        # msal's own assertion, for its shape.
        theirs = (
            JwtAssertionCreator(text, algorithm="PS256", sha256_thumbprint=own.fingerprint(hashes.SHA256()).hex())
            .create_normal_assertion(audience=audience, issuer=CLIENT, subject=CLIENT)
            .decode()
        )
        their_fields = json.loads(decoded(theirs.split(".")[0]))
        # msal pads the thumbprint, against RFC 7515, 4.1.8.
        self.assertEqual({name: value.rstrip("=") for name, value in their_fields.items()}, fields)
        self.assertLessEqual(set(json.loads(decoded(theirs.split(".")[1]))), set(said))

    def test_managed_identity(self):
        service = {"IDENTITY_ENDPOINT": f"{self.authority}/msi/token", "IDENTITY_HEADER": "hush"}
        machine = {"AZURE_POD_IDENTITY_AUTHORITY_HOST": self.authority}
        for variables in (machine, service):
            for client in (None, CLIENT):
                ours = self.plan("{ managedIdentity: true }", "Identity not found", client=client, variables=variables)
                identity = (
                    msal.UserAssignedManagedIdentity(client_id=client) if client else msal.SystemAssignedManagedIdentity()
                )
                recorder = Recorder(self.authority)
                with unittest.mock.patch.dict(os.environ, variables):
                    msal.ManagedIdentityClient(identity, http_client=recorder).acquire_token_for_client(resource=BASE)
                theirs = recorder.requests.pop()
                self.assertEqual(ours[0], theirs[0])
                self.assertEqual(self.authority + ours[1], theirs[1])
                self.assertEqual(ours[2], theirs[2])
                for name, value in theirs[3].items():
                    if not name.startswith("x-"):
                        self.assertEqual(ours[3][name], value, name)


if __name__ == "__main__":
    unittest.main()
