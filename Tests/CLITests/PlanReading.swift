import Model
import Report

/// Reads a plan document back into a plan, as far as the cases compare it.
enum PlanReading {
    static func plan(_ text: String) throws -> Plan {
        let root = try JSON.parse(Array(text.utf8))
        var plan = Plan(
            fingerprint: root["fingerprint"].text,
            removalsFingerprint: root["removalsFingerprint"].text,
            asOf: Timestamp(rfc3339: root["asOf"].text) ?? Timestamp(seconds: 0),
            owner: root["owner"].text,
            target: TargetIdentity(instanceARN: "", identityStoreID: "", region: "")
        )
        plan.actions = root["actions"].list.map(action)
        plan.held = root["held"].list.map {
            Hold(group: $0["group"].text, code: $0["code"].text, reason: $0["reason"].text)
        }
        plan.waiting = root["waiting"].list.map {
            WaitingPerson(user: $0["user"].text, groups: $0["groups"].list.map(\.text))
        }
        plan.departed = root["departed"].list.map {
            DepartedPerson(
                user: $0["user"].text,
                since: Timestamp(rfc3339: $0["since"].text) ?? Timestamp(seconds: 0),
                groups: $0["groups"].list.map(\.text)
            )
        }
        plan.warnings = root["warnings"].list.map { PlanWarning(code: $0["code"].text, message: $0["message"].text) }
        plan.brakes = root["brakes"].list.map {
            BrakeReading(
                brake: $0["brake"].text,
                limit: $0["limit"].number,
                value: $0["value"].number ?? -1,
                isTripped: $0["tripped"] == .bool(true)
            )
        }
        plan.gained = root["access"]["gained"].list.map(access)
        plan.lost = root["access"]["lost"].list.map(access)
        plan.unmanagedAssignments = root["summary"]["unmanagedAssignments"].number
        return plan
    }

    private static func access(_ json: JSON) -> EffectiveAccess {
        EffectiveAccess(
            user: json["user"].text,
            account: AccountID(json["account"].text),
            permissionSet: json["permissionSet"].text
        )
    }

    private static func action(_ json: JSON) -> Action {
        var action = Action(id: json["id"].text, kind: ActionKind(rawValue: json["kind"].text) ?? .updateUser)
        action.group = json["group"].optionalText
        action.user = json["user"].optionalText
        action.account = json["account"].optionalText.map { AccountID($0) }
        action.permissionSet = json["permissionSet"].optionalText
        action.description = json["description"].optionalText
        if case .object(let changes) = json["changes"] {
            action.changes = changes.mapValues { FieldChange(from: $0["from"].optionalText, to: $0["to"].optionalText) }
        }
        action.ended = json["ended"].list.map(\.text)
        action.after = json["after"].list.map(\.text)
        action.because = json["because"].list.map {
            Because(
                via: $0["via"].optionalText,
                through: $0["through"].list.map(\.text),
                file: $0["file"].text.replacing("Mappings/", with: ""),
                line: $0["line"].number ?? 0
            )
        }
        return action
    }
}

extension JSON {
    subscript(_ key: String) -> JSON {
        if case .object(let object) = self { object[key] ?? .null } else { .null }
    }
    var text: String { optionalText ?? "" }
    var optionalText: String? { if case .string(let text) = self { text } else { nil } }
    var number: Int? { if case .integer(let number) = self { number } else { nil } }
    var list: [JSON] { if case .array(let list) = self { list } else { [] } }
}
