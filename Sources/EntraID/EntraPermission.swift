/// The application permissions of Microsoft Graph that this source uses, each granted with admin consent.
///
/// Source: Microsoft Graph, "Permissions reference".
public enum EntraPermission {
    /// Users with `accountEnabled`, and the list of deleted users.
    public static let users = "User.Read.All"
    /// Groups and their members.
    public static let groups = "GroupMember.Read.All"
    /// The members of groups with hidden membership; only needed where such a group is mapped.
    public static let hiddenMembers = "Member.Read.Hidden"
    /// What every run needs.
    public static let needed = [users, groups]
}
