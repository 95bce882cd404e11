/// What a run must know to read one Google Workspace customer.
public struct GoogleWorkspaceSettings: Hashable, Sendable {
    /// The source's name in the configuration.
    public var name: String
    /// The path of the credentials file: a service-account key, or an `external_account` file. It is read at use.
    public var credentialsPath: String
    /// The administrator to act as by domain-wide delegation; nil where the service account itself has an admin role.
    public var subject: String?
    /// The customer id, or `my_customer` for the customer of the administrator.
    public var customer: String
    /// The base URL of the Directory API, without a path.
    public var endpoint: String
    /// How many calls are under way at once at most.
    public var concurrency: Int

    /// The vendor's own endpoint of the Directory API.
    public static let defaultEndpoint = "https://admin.googleapis.com"

    /// What a run must know to read one Google Workspace customer.
    public init(
        name: String,
        credentialsPath: String,
        subject: String? = nil,
        customer: String = "my_customer",
        endpoint: String = GoogleWorkspaceSettings.defaultEndpoint,
        concurrency: Int = 8
    ) {
        self.name = name
        self.credentialsPath = credentialsPath
        self.subject = subject
        self.customer = customer
        self.endpoint = endpoint
        self.concurrency = max(1, concurrency)
    }
}
