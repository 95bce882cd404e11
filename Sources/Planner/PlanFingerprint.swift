internal import Crypto
public import Model

/// Identities of actions and lists of actions (`PLANNING.md` 23, 24): kind, ids and names of objects, and changes.
public enum PlanFingerprint {
    /// The id of an action, derived from its kind and the names of its objects: stable between plans.
    public static func id(of action: Action) -> String {
        var fields: [String] = [action.kind.rawValue]
        for field in [action.group, action.user, action.account?.value, action.permissionSet] {
            fields.append(field ?? "")
        }
        return hex(fields).prefix(16).description
    }

    /// `sha256:…` over what a list of actions does, whatever its order.
    public static func of(_ actions: [Action]) -> String {
        "sha256:" + hex(actions.map(line).sorted())
    }

    /// What an action does, in one line of fields.
    static func line(_ action: Action) -> String {
        var fields: [String] = [action.kind.rawValue]
        let objects: [String?] = [
            action.group, action.groupID?.value, action.user, action.userID?.value, action.account?.value,
            action.permissionSet, action.permissionSetARN?.value, action.description,
        ]
        fields += objects.map { $0.map { "=\($0)" } ?? "-" }
        for (name, change) in action.changes.sorted(by: { $0.key < $1.key }) {
            fields.append("\(name):\(change.from.map { "=\($0)" } ?? "-"):\(change.to.map { "=\($0)" } ?? "-")")
        }
        return fields.joined(separator: "\u{1F}")
    }

    private static func hex(_ lines: [String]) -> String {
        SHA256.hash(Array(lines.joined(separator: "\u{1E}").utf8)).hex
    }
}
