/// What a run must know to read one Microsoft Entra tenant.
public struct EntraIDSettings: Sendable {
    /// How the application proves itself to the identity platform.
    ///
    /// It has no description that would show the secret.
    public enum Credential: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable
    {
        /// A client secret.
        case secret(String)
        /// The path of a PEM file with the certificate and its private key. It is read at use.
        case certificate(path: String)
        /// The path of a file with a token of a federated identity provider, read anew at each use; nil for
        /// `AZURE_FEDERATED_TOKEN_FILE`.
        case federatedToken(path: String?)
        /// The identity of the machine.
        case managedIdentity

        /// The kind of credential, without its value.
        public var description: String {
            switch self {
            case .secret: "secret"
            case .certificate(let path): "certificate \(path)"
            case .federatedToken(let path): "federated token \(path ?? "of the environment")"
            case .managedIdentity: "managed identity"
            }
        }

        /// The kind of credential, without its value.
        public var debugDescription: String { description }
        /// Shows nothing of the value.
        public var customMirror: Mirror { Mirror(self, children: []) }
    }

    /// The source's name in the configuration.
    public var name: String
    /// The tenant's id or a verified domain; nil for `AZURE_TENANT_ID`. Managed identities need none.
    public var tenant: String?
    /// The application's client id; nil for `AZURE_CLIENT_ID`, and for a system-assigned managed identity.
    public var client: String?
    /// How the application proves itself.
    public var credential: Credential
    /// The base URL of the identity platform.
    public var authority: String
    /// The base URL of Microsoft Graph, without a version.
    public var graph: String
    /// How many calls are under way at once at most.
    public var concurrency: Int

    /// The global cloud, unless another is given.
    public init(
        name: String,
        tenant: String?,
        client: String?,
        credential: Credential,
        authority: String = "https://login.microsoftonline.com",
        graph: String = "https://graph.microsoft.com",
        concurrency: Int = 4
    ) {
        self.name = name
        self.tenant = tenant
        self.client = client
        self.credential = credential
        self.authority = authority
        self.graph = graph
        self.concurrency = max(1, concurrency)
    }
}
