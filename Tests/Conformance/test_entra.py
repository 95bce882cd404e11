"""msal and azure-identity against the sandbox's identity platform, and their tokens against its Graph.

The Microsoft libraries ask https only, and look for the platform's metadata first. So a small proxy with a certificate
of its own stands before the sandbox, answers the metadata, and passes everything else on.
"""

import base64
import datetime
import http.server
import ipaddress
import json
import os
import ssl
import tempfile
import threading
import time
import unittest
import unittest.mock
import urllib.error
import urllib.parse
import urllib.request

import azure.core.exceptions
import azure.identity
import msal
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from clouds import BASE, ENVIRONMENT, READY

TENANT = READY["entra"]["tenant"]
CLIENT = READY["entra"]["client"]
CERTIFICATE = READY["entra"]["certificateFile"]
SECRET = ENVIRONMENT["AZURE_CLIENT_SECRET"]
SCOPE = f"{BASE}/.default"


class Proxy(http.server.BaseHTTPRequestHandler):
    """Passes requests on to the sandbox, with the sandbox's address in assertions' place of the proxy's."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        if self.path.split("?")[0].endswith("/v2.0/.well-known/openid-configuration"):
            own = f"https://{self.headers['Host']}"
            document = {
                "issuer": f"{own}/{TENANT}/v2.0",
                "authorization_endpoint": f"{own}/{TENANT}/oauth2/v2.0/authorize",
                # The audience of assertions is the sandbox's own endpoint, which is asked by way of this proxy.
                "token_endpoint": f"{own}/{TENANT}/oauth2/v2.0/token",
            }
            return self.answer(200, json.dumps(document).encode())
        return self.forward("GET", None)

    def do_POST(self):
        return self.forward("POST", self.rfile.read(int(self.headers.get("Content-Length", 0))))

    def forward(self, method, body):
        headers = {
            name: value
            for name, value in self.headers.items()
            if name.lower() not in ("host", "content-length", "accept-encoding", "connection", "transfer-encoding")
        }
        headers["X-Forwarded-Host"] = self.headers["Host"]
        request = urllib.request.Request(BASE + self.path, data=body, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request) as response:
                self.answer(response.status, response.read())
        except urllib.error.HTTPError as error:
            self.answer(error.code, error.read())

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def own_certificate(folder):
    """A certificate for loopback that its holder alone trusts."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = os.path.join(folder, "proxy.pem")
    with open(path, "wb") as file:
        file.write(certificate.public_bytes(serialization.Encoding.PEM))
        file.write(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
    return path


class EntraConformance(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.pem = own_certificate(cls.folder.name)
        # Stronger for requests than what it is told.
        cls.trust = unittest.mock.patch.dict(os.environ, {"REQUESTS_CA_BUNDLE": cls.pem, "NO_PROXY": "127.0.0.1"})
        cls.trust.start()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(cls.pem)
        cls.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
        cls.server.socket = context.wrap_socket(cls.server.socket, server_side=True)
        cls.authority = f"https://127.0.0.1:{cls.server.server_port}"
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()

    @classmethod
    def tearDownClass(cls):
        cls.trust.stop()
        cls.server.shutdown()
        cls.server.server_close()
        cls.folder.cleanup()

    # Tokens

    def msal_token(self, credential, client=CLIENT):
        application = msal.ConfidentialClientApplication(
            client,
            client_credential=credential,
            oidc_authority=f"{self.authority}/{TENANT}/v2.0",
            verify=self.pem,
            instance_discovery=False,
        )
        return application.acquire_token_for_client([SCOPE])

    def certificate(self):
        with open(CERTIFICATE, encoding="ascii") as file:
            text = file.read()
        own = x509.load_pem_x509_certificate(text.encode())
        return text, own

    def test_secret(self):
        answer = self.msal_token(SECRET)
        self.assertEqual(answer.get("token_type"), "Bearer", answer)
        claims = json.loads(base64.urlsafe_b64decode(answer["access_token"].split(".")[1] + "=="))
        self.assertIn("User.Read.All", claims["roles"])

    def test_certificate_by_each_thumbprint(self):
        text, own = self.certificate()
        # PS256 with x5t#S256, and RS256 with x5t.
        for thumbprint in (
            {"public_certificate": own.public_bytes(serialization.Encoding.PEM).decode()},
            {"thumbprint": own.fingerprint(hashes.SHA1()).hex()},
        ):
            answer = self.msal_token({"private_key": text, **thumbprint})
            self.assertEqual(answer.get("token_type"), "Bearer", answer)

    def test_the_sandboxs_certificate_is_one(self):
        _, own = self.certificate()
        own.verify_directly_issued_by(own)
        self.assertEqual(own.subject.rfc4514_string(), "CN=idbridge sandbox")

    def test_federated_token(self):
        def part(value):
            return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

        claims = {
            "iss": "https://tokens.sandbox.example",
            "sub": "system:serviceaccount:idbridge:idbridge",
            "aud": "api://AzureADTokenExchange",
            "exp": int(time.time()) + 600,
        }
        token = f"{part({'alg': 'RS256'})}.{part(claims)}.c2ln"
        self.assertEqual(self.msal_token({"client_assertion": token}).get("token_type"), "Bearer")
        wrong = f"{part({'alg': 'RS256'})}.{part({**claims, 'sub': 'another'})}.c2ln"
        self.assertEqual(self.msal_token({"client_assertion": wrong})["error_codes"], [700213])

    def test_refusals_have_their_codes(self):
        self.assertEqual(self.msal_token("wrong")["error_codes"], [7000215])
        self.assertEqual(self.msal_token(SECRET, client="00000000-0000-4000-8000-000000000000")["error_codes"], [700016])
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()
        _, own = self.certificate()
        forged = {"private_key": pem, "thumbprint": own.fingerprint(hashes.SHA1()).hex()}
        self.assertEqual(self.msal_token(forged)["error_codes"], [700027])

    def test_azure_identity(self):
        for credential in (
            azure.identity.ClientSecretCredential(
                TENANT, CLIENT, SECRET, authority=self.authority, disable_instance_discovery=True,
                connection_verify=self.pem,
            ),
            azure.identity.CertificateCredential(
                TENANT, CLIENT, CERTIFICATE, authority=self.authority, disable_instance_discovery=True,
                connection_verify=self.pem,
            ),
        ):
            self.assertTrue(credential.get_token(SCOPE).token)
        refused = azure.identity.ClientSecretCredential(
            TENANT, CLIENT, "wrong", authority=self.authority, disable_instance_discovery=True,
            connection_verify=self.pem,
        )
        with self.assertLogs("azure.identity", "WARNING"):
            with self.assertRaisesRegex(azure.core.exceptions.ClientAuthenticationError, "AADSTS7000215"):
                refused.get_token(SCOPE)

    # Graph

    def graph(self, path, body=None, headers=None):
        token = self.msal_token(SECRET)["access_token"]
        url = path if path.startswith("http") else f"{BASE}/v1.0{path}"
        fields = {"Authorization": f"Bearer {token}", **(headers or {})}
        data = None if body is None else json.dumps(body).encode()
        if data:
            fields["Content-Type"] = "application/json"
        request = urllib.request.Request(url, data=data, headers=fields)
        try:
            with urllib.request.urlopen(request) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def all_pages(self, path, size=1):
        found, pages = [], 0
        while path:
            status, page = self.graph(path)
            self.assertEqual(status, 200, page)
            found += page["value"]
            pages += 1
            last, path = page, page.get("@odata.nextLink")
        self.assertGreaterEqual(pages, size)
        return found, last

    def test_users_page_by_page(self):
        users, _ = self.all_pages("/users?$select=id,userPrincipalName,accountEnabled,userType&$top=5", size=3)
        self.assertEqual(len({user["id"] for user in users}), len(users))
        self.assertIn(False, [user["accountEnabled"] for user in users])
        plain, _ = self.all_pages("/users")
        self.assertNotIn("accountEnabled", plain[0])
        for user in users:
            name = urllib.parse.quote(user["userPrincipalName"])
            self.assertEqual(self.graph(f"/users/{name}")[1]["id"], user["id"])

    def test_queries_that_graph_refuses(self):
        for path, status, code in (
            ("/users?$top=1000", 400, "Request_BadRequest"),
            ("/users?$select=nothing", 400, "Request_BadRequest"),
            ("/users?$filter=endswith(mail,'x')", 400, "Request_UnsupportedQuery"),
            ("/users/nobody", 404, "Request_ResourceNotFound"),
            ("/users/delta?$top=5", 400, "Request_BadRequest"),
            ("/users/delta?$deltatoken=unknown", 410, "syncStateNotFound"),
        ):
            answer = self.graph(path.replace("'", "%27"))
            self.assertEqual((answer[0], answer[1]["error"]["code"]), (status, code), path)
            self.assertTrue(answer[1]["error"]["innerError"]["request-id"])

    def test_delta_of_groups(self):
        groups, last = self.all_pages("/groups/delta?$select=displayName,members")
        self.assertTrue(any(group.get("members@delta") for group in groups))
        again, _ = self.all_pages(last["@odata.deltaLink"])
        self.assertEqual(again, [])

    def test_batch(self):
        groups, _ = self.all_pages("/groups?$select=id,displayName")
        parts = [
            {"id": str(number), "method": "GET", "url": f"/groups/{group['id']}/members?$select=id&$top=999"}
            for number, group in enumerate(groups)
        ]
        status, answer = self.graph("/$batch", {"requests": parts})
        self.assertEqual(status, 200)
        self.assertEqual({part["id"] for part in answer["responses"]}, {part["id"] for part in parts})
        self.assertTrue(all("@odata.type" in member for part in answer["responses"] for member in part["body"]["value"]))
        status, answer = self.graph("/$batch", {"requests": parts * 4})
        self.assertEqual(status, 400)

    def test_casts_need_both_parameters(self):
        group = next(group for group in self.all_pages("/groups")[0] if group["displayName"] == "Platform Engineers")
        path = f"/groups/{group['id']}/transitiveMembers/microsoft.graph.user"
        self.assertEqual(self.graph(path)[1]["error"]["code"], "Request_UnsupportedQuery")
        status, answer = self.graph(f"{path}?$count=true", headers={"ConsistencyLevel": "eventual"})
        self.assertEqual((status, len(answer["value"])), (200, 7))

    def test_deleted_users(self):
        deleted, _ = self.all_pages("/directory/deletedItems/microsoft.graph.user?$select=id,userPrincipalName")
        prefix = deleted[0]["id"].replace("-", "")
        self.assertEqual(deleted[0]["userPrincipalName"], prefix + "olga.before@example.com")


if __name__ == "__main__":
    unittest.main()
