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
    /// The date on which an employee leaves; only needed where it shall be read.
    public static let lifeCycle = "User-LifeCycleInfo.Read.All"
    /// What every run needs.
    public static let needed = [users, groups]

    /// What contains the permissions that every run needs.
    private static let containing = [
        users: ["User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"],
        groups: [
            "GroupMember.ReadWrite.All", "Group.Read.All", "Group.ReadWrite.All", "Directory.Read.All",
            "Directory.ReadWrite.All",
        ],
    ]

    /// What to do where Graph refuses a call.
    ///
    /// - Parameter roles: the permissions of the token; empty where it does not tell.
    static func advice(_ roles: Set<String>) -> String {
        let missing = needed.filter { name in
            !roles.contains(name) && roles.isDisjoint(with: containing[name] ?? [])
        }
        if roles.isEmpty || missing.isEmpty {
            return "grant the application permissions \(needed.joined(separator: " and ")) with admin consent;"
                + " a new consent can take minutes to work"
        }
        return "the token lacks the application permission \(missing.joined(separator: " and ")): grant it with admin"
            + " consent; a new consent can take minutes to work"
    }
}
