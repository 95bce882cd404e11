import Diagnostics
import Model
import YAML

extension FileReading {
    static let groupKeys = [
        "description", "members", "require", "except", "nested", "allowEmpty", "adopt", "formerly", "membership",
        "access", "retired",
    ]

    /// Reads one group and appends it.
    mutating func group(_ entry: Fields.Entry, _ scope: Scope, isDoubledKey: Bool) {
        checkGroupName(entry.name, at: entry.key)
        var group = Group(mapping: GroupMapping(name: entry.name, place: place(entry.key)), key: entry.key)
        group.isDoubledKey = isDoubledKey
        if let fields = checker.map(entry.value, "a group", keys: FileReading.groupKeys) {
            read(fields, into: &group, scope)
        }
        groups.append(group)
    }

    private mutating func read(_ fields: Fields, into group: inout Group, _ scope: Scope) {
        let retired = fields["retired"].flatMap { checker.boolean($0, "`retired`") }
        group.mapping.retired = retired ?? false
        if group.mapping.retired {
            return forbid(fields, but: ["retired"], "beside `retired: true` no other key may stand")
        }
        let membership = fields["membership"].flatMap {
            checker.choice($0, "`membership`", GroupMapping.Membership.self)
        }
        group.mapping.membership = membership ?? .managed
        if membership == .provisioned {
            let allowed = ["membership", "access", "adopt"]
            forbid(fields, but: allowed, "beside `membership: provisioned` only `access` and `adopt` may stand")
        } else {
            // Where `retired` or `membership` is an error, nothing can be said of members that are missing.
            let isUnclear =
                (fields["retired"] != nil && retired == nil) || (fields["membership"] != nil && membership == nil)
            if !isUnclear && fields["members"] == nil {
                checker.missing("members", in: fields, "this group", at: group.key.start, length: group.key.length)
            }
            people(fields, into: &group, scope)
        }
        group.mapping.adopt = fields["adopt"].flatMap { checker.boolean($0, "`adopt`") } ?? false
        group.mapping.access = fields["access"].map { access($0, scope) } ?? []
    }

    private mutating func people(_ fields: Fields, into group: inout Group, _ scope: Scope) {
        if let node = fields["description"], let text = checker.text(node, "`description`") {
            group.mapping.description = Placed(text.trimmed, at: place(node))
        }
        group.mapping.members = members(fields, "members", scope)
        group.mapping.require = members(fields, "require", scope)
        group.mapping.except = members(fields, "except", scope)
        group.mapping.nested = fields["nested"].flatMap { checker.choice($0, "`nested`", Nesting.self) } ?? .flatten
        group.mapping.allowEmpty = fields["allowEmpty"].flatMap { checker.boolean($0, "`allowEmpty`") } ?? false
        guard let formerly = fields.entry("formerly"), let old = checker.text(formerly.value, "`formerly`") else {
            return
        }
        guard isGroupName(old, at: formerly.value, "`formerly`"), old.folded != group.mapping.name.folded else {
            return
        }
        group.mapping.formerly = Placed(old, at: place(formerly.value))
        group.formerly = formerly
    }

    private mutating func forbid(_ fields: Fields, but allowed: [String], _ message: String) {
        for entry in fields.entries where !allowed.contains(entry.name) { checker.report(message, at: entry.key) }
    }

    /// The display names that Identity Center keeps for itself.
    ///
    /// Source: Identity Store API, CreateGroup, "DisplayName".
    static let reservedNames = ["Administrator", "AWSAdministrators"]

    /// Notes what is wrong with the name of a group.
    mutating func checkGroupName(_ name: String, at node: Node) {
        guard isGroupName(name, at: node, "the name of a group") else { return }
        if FileReading.reservedNames.contains(where: { $0.folded == name.folded }) {
            checker.report("this name is reserved by AWS; choose another", at: node)
        }
    }

    private mutating func isGroupName(_ name: String, at node: Node, _ what: String) -> Bool {
        if name.isEmpty || name.unicodeScalars.count > 1_024 {
            checker.report("\(what) must have 1 to 1,024 characters", at: node)
            return false
        }
        if name.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
            checker.report("\(what) must have no control characters", at: node)
            return false
        }
        return true
    }
}

extension String {
    /// The text without outer white space.
    var trimmed: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
