import Model
import Report

/// Plans that the tests render.
enum Samples {
    static let now = Timestamp(seconds: 1_795_456_800)
    static let admin = PermissionSetARN("arn:aws:sso:::permissionSet/ssoins-1/ps-admin")
    static let reader = PermissionSetARN("arn:aws:sso:::permissionSet/ssoins-1/ps-reader")

    static func empty() -> Plan {
        Plan(
            fingerprint: "sha256:" + String(repeating: "0", count: 64),
            removalsFingerprint: "sha256:" + String(repeating: "1", count: 64),
            asOf: now,
            owner: "platform",
            target: TargetIdentity(
                instanceARN: "arn:aws:sso:::instance/ssoins-1",
                identityStoreID: "d-1234567890",
                region: "ap-northeast-1"
            ),
            sources: [SourceSummary(name: "google", kind: .google, users: 120, groups: 9, isComplete: true)],
            brakes: brakes()
        )
    }

    static func brakes() -> [BrakeReading] {
        [
            BrakeReading(brake: "removals", limit: 10, value: 0, isTripped: false),
            BrakeReading(brake: "perGroup", limit: 5, value: 0, isTripped: false),
            BrakeReading(brake: "assignments", limit: 10, value: 0, isTripped: false),
            BrakeReading(brake: "groups", limit: 2, value: 0, isTripped: false),
            BrakeReading(brake: "users", limit: 5, value: 0, isTripped: false),
            BrakeReading(brake: "gains", limit: nil, value: 0, isTripped: false),
        ]
    }

    /// A plan with every kind of action, hostile names, holds, warnings, people who wait and a tripped brake.
    static func rich() -> Plan {
        var plan = empty()
        plan.sources = [
            SourceSummary(name: "google", kind: .google, users: 1_204, groups: 31, isComplete: true),
            SourceSummary(
                name: "entra",
                kind: .entra,
                users: 310,
                groups: 7,
                isComplete: false,
                problem: "graph listMembers: 503 after 5 tries [request id 7f3c]"
            ),
        ]
        plan.cost = Cost(calls: ["identitystore": 14, "sso-admin": 5], seconds: 8)
        plan.brakes[0] = BrakeReading(
            brake: "removals",
            limit: 10,
            value: 34,
            isTripped: true,
            concerned: (1...34).map { "person\($0)@example.com" }
        )
        plan.brakes[1] = BrakeReading(brake: "perGroup", limit: 5, value: 9, isTripped: true, group: "support")
        plan.brakes[3] = BrakeReading(brake: "groups", limit: 2, value: 2, isTripped: false)
        plan.held = [
            Hold(
                group: "data-readers",
                code: "source-vanished",
                source: "google",
                reason:
                    "google has no group data-readers@example.com; take the entry out of the mapping, or mend the address",
                file: "Mappings/data.yaml",
                line: 12
            ),
            Hold(
                group: "support",
                code: "brake-per-group",
                reason:
                    "9 of 14 members would be removed, the limit is 5; look at why, or allow it with --allow-removals"
            ),
        ]
        plan.waiting = [WaitingPerson(user: "new@example.com", groups: ["platform-admins", "platform-core"])]
        plan.departed = [
            DepartedPerson(user: "gone@example.com", since: now.adding(seconds: -259_200), groups: ["platform-core"])
        ]
        plan.warnings = warnings()
        plan.gained = [
            EffectiveAccess(user: "ana@example.com", account: "111122223333", permissionSet: "AdministratorAccess"),
            EffectiveAccess(user: "ben@example.com", account: "111122223333", permissionSet: "AdministratorAccess"),
            EffectiveAccess(user: "ben@example.com", account: "444455556666", permissionSet: "AdministratorAccess"),
            EffectiveAccess(user: "cy@example.com", account: "444455556666", permissionSet: "ViewOnlyAccess"),
        ]
        plan.lost = [
            EffectiveAccess(user: "dee@example.com", account: "111122223333", permissionSet: "PowerUserAccess")
        ]
        plan.unmanagedAssignments = 17
        plan.actions = actions()
        return plan
    }

    static func warnings() -> [PlanWarning] {
        (1...6).map {
            PlanWarning(
                code: "selector-matches-nothing",
                message: "no account matches name: sandbox-\($0)-*",
                file: "Mappings/sandbox.yaml",
                line: 10 + $0
            )
        } + [
            PlanWarning(
                code: "link-conflict",
                message: "two users of google claim u-1: x@example.com and \u{202E}moc.elpmaxe@x"
            ),
            PlanWarning(
                code: "mark-lost",
                message: "the group <b>*old*</b> carries no mark any more; adopt: true takes it over"
            ),
        ]
    }
}
