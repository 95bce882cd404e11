import Model

extension Samples {
    /// Every kind of action once or more, in an order as the planner gives.
    static func actions() -> [Action] {
        members() + groups() + assignments() + users()
    }

    private static func members() -> [Action] {
        var leaver = action("a1", .removeMember, group: "platform-core", user: "gone@example.com")
        leaver.ended = ["departed"]
        var added = action("a2", .addMember, group: "platform-admins", user: "ana@example.com")
        added.groupID = nil
        added.after = ["a7"]
        added.because = [
            Because(via: "google:platform@example.com", file: "Mappings/platform.yaml", line: 12),
            Because(
                via: "google:sre@example.com",
                through: ["sre-emea@example.com", "sre-berlin@example.com"],
                file: "Mappings/platform.yaml",
                line: 13
            ),
        ]
        var wide = action("a3", .addMember, group: "platform-admins", user: "田中花子@example.com")
        wide.groupID = nil
        wide.after = ["a7"]
        wide.because = [Because(via: "user:田中花子@example.com", file: "Mappings/platform.yaml", line: 14)]
        var hostile = action("a4", .addMember, group: "team | <img src=x>`\u{1B}[31m\n## @all", user: "eve@example.com")
        hostile.because = [Because(via: "google:eve|\u{202E}live@example.com", file: "Mappings/a`b.yaml", line: 3)]
        var moved = action("a5", .removeMember, group: "platform-core", user: "dee@example.com")
        moved.ended = ["left:google:platform-core@example.com", "required:google:mfa-enrolled@example.com"]
        moved.because = [Because(via: "google:platform-core@example.com", file: "Mappings/platform.yaml", line: 40)]
        moved.after = ["a2"]
        var excluded = action("a6", .removeMember, group: "old-team", user: "fay@example.com")
        excluded.ended = ["suspended", "mapping"]
        return [leaver, added, wide, hostile, moved, excluded]
    }

    private static func groups() -> [Action] {
        var created = action("a7", .createGroup, group: "platform-admins")
        created.groupID = nil
        created.description = "Runs the landing zone [idbridge:platform]"
        created.because = [Because(file: "Mappings/platform.yaml", line: 9)]
        var renamed = action("a8", .updateGroup, group: "platform-core")
        renamed.changes = [
            "displayName": FieldChange(from: "platform-team", to: "platform-core"),
            "description": FieldChange(from: nil, to: "[idbridge:platform]"),
        ]
        renamed.because = [Because(file: "Mappings/platform.yaml", line: 38)]
        var deleted = action("a9", .deleteGroup, group: "old-team")
        deleted.ended = ["mapping"]
        deleted.after = ["a6", "a11"]
        return [created, renamed, deleted]
    }

    private static func assignments() -> [Action] {
        var created = action("a10", .createAssignment, group: "platform-admins")
        created.groupID = nil
        created.account = "111122223333"
        created.accountName = "prod"
        created.permissionSet = "AdministratorAccess"
        created.permissionSetARN = admin
        created.after = ["a7"]
        created.because = [
            Because(file: "Mappings/platform.yaml", line: 17, note: "ticket OPS-12: on call until the audit")
        ]
        var deleted = action("a11", .deleteAssignment, group: "old-team")
        deleted.account = "444455556666"
        deleted.accountName = "sandbox-1"
        deleted.permissionSet = "ViewOnlyAccess"
        deleted.permissionSetARN = reader
        deleted.ended = ["expired"]
        return [created, deleted]
    }

    private static func users() -> [Action] {
        var created = action("a12", .createUser, user: "gil@example.com")
        created.userID = nil
        created.because = [Because(via: "google:platform@example.com", file: "Mappings/platform.yaml", line: 12)]
        var updated = action("a13", .updateUser, user: "hal@example.com")
        updated.changes = ["familyName": FieldChange(from: "Old", to: "New")]
        var disabled = action("a14", .disableUser, user: "ida@example.com")
        disabled.ended = ["suspended"]
        let enabled = action("a15", .enableUser, user: "jo@example.com")
        var deleted = action("a16", .deleteUser, user: "kim@example.com")
        deleted.ended = ["deleted"]
        return [created, updated, disabled, enabled, deleted]
    }

    private static func action(_ id: String, _ kind: ActionKind, group: String? = nil, user: String? = nil) -> Action {
        var action = Action(id: id, kind: kind)
        action.group = group
        action.groupID = group.map { GroupID("g-" + String($0.unicodeScalars.count)) }
        action.user = user
        action.userID = user.map { UserID("u-" + String($0.unicodeScalars.count)) }
        return action
    }
}
