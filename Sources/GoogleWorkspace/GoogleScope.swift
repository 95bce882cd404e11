/// The OAuth scopes that this source asks for: read-only, and no more than the reads need.
///
/// A token request that names one scope which the Workspace administrator did not grant fails as a whole, so the list
/// is also what the administrator must enter. Source: Directory API, "Authorize requests".
public enum GoogleScope {
    /// `users.list`, `users.get`.
    public static let users = "https://www.googleapis.com/auth/admin.directory.user.readonly"
    /// `groups.list`, `groups.get`.
    public static let groups = "https://www.googleapis.com/auth/admin.directory.group.readonly"
    /// `members.list`, `members.get`, `members.hasMember`.
    public static let members = "https://www.googleapis.com/auth/admin.directory.group.member.readonly"
    /// All scopes of the source, in the order asked.
    public static let all = [users, groups, members]

    /// What the federated identity needs to call the IAM Service Account Credentials API.
    static let cloudPlatform = "https://www.googleapis.com/auth/cloud-platform"
}
