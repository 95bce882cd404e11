/// Who a source is to Google, as its credentials file says. It holds no secret.
public struct GoogleIdentity: Hashable, Sendable {
    /// The service account's address.
    public var account: String
    /// The numeric client id that the Workspace administrator authorises; nil where the file does not have it.
    public var clientID: String?
    /// The administrator to act as; nil where the service account itself has an admin role.
    public var subject: String?
    /// Whether there is no key: the workload proves by a token of its own who it is.
    public var isKeyless: Bool

    /// Who a source is to Google.
    public init(account: String, clientID: String?, subject: String?, isKeyless: Bool) {
        self.account = account
        self.clientID = clientID
        self.subject = subject
        self.isKeyless = isKeyless
    }
}
