public import Model

extension PlanDocument {
    /// The plan as a document of the format ``format``, with a newline at its end; the same plan gives the same bytes.
    public static func encode(_ plan: Plan) -> String { value(plan).document }

    /// The plan as a JSON value.
    public static func value(_ plan: Plan) -> JSON {
        [
            "format": .string(format),
            "fingerprint": .string(plan.fingerprint),
            "removalsFingerprint": .string(plan.removalsFingerprint),
            "asOf": .string(plan.asOf.description),
            "owner": .string(plan.owner),
            "target": target(plan.target),
            "sources": .array(plan.sources.map(source)),
            "summary": summary(PlanSummary(plan)),
            "cost": [
                "calls": .object(plan.cost.calls.mapValues { .integer($0) }), "seconds": .integer(plan.cost.seconds),
            ],
            "brakes": .array(plan.brakes.map(brake)),
            "held": .array(plan.held.map(hold)),
            "waiting": .array(plan.waiting.map { ["user": .string($0.user), "groups": .strings($0.groups)] }),
            "departed": .array(plan.departed.map(departed)),
            "warnings": .array(plan.warnings.map(warning)),
            "access": ["gained": .array(plan.gained.map(access)), "lost": .array(plan.lost.map(access))],
            "actions": .array(plan.actions.map(action)),
        ]
    }

    private static func target(_ target: TargetIdentity) -> JSON {
        [
            "instanceArn": .string(target.instanceARN),
            "identityStoreId": .string(target.identityStoreID),
            "region": .string(target.region),
        ]
    }

    private static func source(_ source: SourceSummary) -> JSON {
        [
            "name": .string(source.name), "kind": .string(source.kind.rawValue), "users": .integer(source.users),
            "groups": .integer(source.groups), "complete": .bool(source.isComplete),
        ]
    }

    private static func summary(_ summary: PlanSummary) -> JSON {
        func counts(_ pairs: (String, ActionKind)...) -> JSON {
            .object(Dictionary(uniqueKeysWithValues: pairs.map { ($0.0, .integer(summary.count(of: $0.1))) }))
        }
        return [
            "groups": counts(("create", .createGroup), ("update", .updateGroup), ("delete", .deleteGroup)),
            "members": counts(("add", .addMember), ("remove", .removeMember)),
            "assignments": counts(("create", .createAssignment), ("delete", .deleteAssignment)),
            "users": [
                "create": .integer(summary.count(of: .createUser)),
                "update": .integer(summary.count(of: .updateUser) + summary.count(of: .enableUser)),
                "disable": .integer(summary.count(of: .disableUser)),
                "delete": .integer(summary.count(of: .deleteUser)),
            ],
            "held": .integer(summary.heldGroups),
            "waiting": .integer(summary.waiting),
            "unmanagedAssignments": .optional(summary.unmanagedAssignments),
        ]
    }

    private static func brake(_ reading: BrakeReading) -> JSON {
        var members: [String: JSON] = [
            "brake": .string(reading.brake), "limit": .optional(reading.limit), "value": .integer(reading.value),
            "tripped": .bool(reading.isTripped),
        ]
        if reading.brake == "perGroup" { members["group"] = .optional(reading.group) }
        return .object(members)
    }

    private static func hold(_ hold: Hold) -> JSON {
        [
            "group": .string(hold.group), "code": .string(hold.code), "source": .optional(hold.source),
            "reason": .string(hold.reason), "file": .optional(hold.file), "line": .optional(hold.line),
        ]
    }

    private static func departed(_ person: DepartedPerson) -> JSON {
        [
            "user": .string(person.user), "since": .string(person.since.description),
            "groups": .strings(person.groups),
        ]
    }

    private static func warning(_ warning: PlanWarning) -> JSON {
        [
            "code": .string(warning.code), "message": .string(warning.message), "file": .optional(warning.file),
            "line": .optional(warning.line),
        ]
    }

    private static func access(_ access: EffectiveAccess) -> JSON {
        [
            "user": .string(access.user), "account": .string(access.account.value),
            "permissionSet": .string(access.permissionSet),
        ]
    }

    private static func because(_ because: Because) -> JSON {
        var members: [String: JSON] = ["file": .string(because.file), "line": .integer(because.line)]
        if let via = because.via {
            members["via"] = .string(via)
            members["through"] = .strings(because.through)
        }
        if let note = because.note { members["note"] = .string(note) }
        return .object(members)
    }

    private static func action(_ action: Action) -> JSON {
        var members: [String: JSON] = [
            "id": .string(action.id), "kind": .string(action.kind.rawValue),
            "because": .array(action.because.map(because)), "after": .strings(action.after),
        ]
        if action.kind.takes { members["ended"] = .strings(action.ended) }
        if action.kind.hasGroup {
            members["group"] = .optional(action.group)
            members["groupId"] = .optional(action.groupID?.value)
        }
        if action.kind.hasUser {
            members["user"] = .optional(action.user)
            members["userId"] = .optional(action.userID?.value)
        }
        if action.kind.hasAccount {
            members["account"] = .optional(action.account?.value)
            members["accountName"] = .optional(action.accountName)
            members["permissionSet"] = .optional(action.permissionSet)
            members["permissionSetArn"] = .optional(action.permissionSetARN?.value)
        }
        if action.kind == .createGroup { members["description"] = .optional(action.description) }
        if action.kind.hasChanges {
            members["changes"] = .object(
                action.changes.mapValues { ["from": .optional($0.from), "to": .optional($0.to)] }
            )
        }
        return .object(members)
    }
}

extension ActionKind {
    /// Whether an action of this kind concerns a group.
    var hasGroup: Bool {
        switch self {
        case .createGroup, .updateGroup, .deleteGroup, .addMember, .removeMember, .createAssignment, .deleteAssignment:
            true
        case .createUser, .updateUser, .disableUser, .enableUser, .deleteUser: false
        }
    }

    /// Whether an action of this kind concerns a user.
    var hasUser: Bool {
        switch self {
        case .createUser, .updateUser, .disableUser, .enableUser, .deleteUser, .addMember, .removeMember: true
        case .createGroup, .updateGroup, .deleteGroup, .createAssignment, .deleteAssignment: false
        }
    }

    /// Whether an action of this kind concerns an account and a permission set.
    var hasAccount: Bool { self == .createAssignment || self == .deleteAssignment }

    /// Whether an action of this kind lists fields before and after.
    var hasChanges: Bool { self == .updateGroup || self == .updateUser }
}
