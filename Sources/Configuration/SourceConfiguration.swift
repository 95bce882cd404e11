public import Model

/// One source of the configuration.
public struct SourceConfiguration: Sendable {
    /// What is particular to the kind.
    public enum Settings: Sendable {
        /// Google Workspace.
        case google(GoogleSettings)
        /// Microsoft Entra ID.
        case entra(EntraSettings)
    }
    /// Its name, which mapping files use.
    public var name: String
    /// The kind of directory.
    public var kind: SourceKind
    /// Whether guests are linked like others.
    public var guests: Bool
    /// What its connector needs.
    public var settings: Result<Settings, ConfigurationError>
}

/// What the connector of Google Workspace needs.
public struct GoogleSettings: Hashable, Sendable {
    /// The path of a service-account key file or an external_account file.
    public var credentials: String
    /// The subject of domain-wide delegation; nil where the service account has an admin role itself.
    public var impersonate: String?
    /// The customer, `my_customer` unless given.
    public var customer: String
    /// Where the Directory API is, without a slash at its end.
    public var endpoint: String

    /// The defaults of the contract, but for what is given.
    public init(
        credentials: String,
        impersonate: String?,
        customer: String = "my_customer",
        endpoint: String = "https://admin.googleapis.com"
    ) {
        self.credentials = credentials
        self.impersonate = impersonate
        self.customer = customer
        self.endpoint = endpoint
    }
}

/// What the connector of Microsoft Entra ID needs.
public struct EntraSettings: Hashable, Sendable {
    /// How the application proves itself.
    public enum Credential: Hashable, Sendable {
        /// The path of a PEM file with certificate and private key.
        case certificate(path: String)
        /// A client secret.
        case secret(SecretReference)
        /// The path of a file with a token of a federated identity provider.
        case federatedToken(path: String)
        /// The identity of the machine.
        case managedIdentity
    }
    /// The tenant's id or verified domain; nil only for managed identities.
    public var tenant: String?
    /// The application's client id; nil only for a system-assigned managed identity.
    public var client: String?
    /// How the application proves itself.
    public var credential: Credential
    /// Where tokens are asked for, without a slash at its end.
    public var authority: String
    /// Where Microsoft Graph is, without a slash at its end.
    public var graph: String

    /// The global cloud, unless another is given.
    public init(
        tenant: String?,
        client: String?,
        credential: Credential,
        authority: String = "https://login.microsoftonline.com",
        graph: String = "https://graph.microsoft.com"
    ) {
        self.tenant = tenant
        self.client = client
        self.credential = credential
        self.authority = authority
        self.graph = graph
    }
}
