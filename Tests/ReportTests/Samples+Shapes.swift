import Model

extension Samples {
    /// One name wherever a plan takes one.
    static func hostile(_ name: String) -> Plan {
        var plan = empty()
        plan.owner = name
        plan.sources = [
            SourceSummary(name: name, kind: .google, users: 1, groups: 1, isComplete: false, problem: name)
        ]
        plan.held = [Hold(group: name, code: "not-owned", source: name, reason: name, file: name, line: 1)]
        plan.waiting = [WaitingPerson(user: name, groups: [name])]
        plan.departed = [DepartedPerson(user: name, since: now, groups: [name])]
        plan.warnings = [PlanWarning(code: name, message: name, file: name, line: 1)]
        plan.gained = [EffectiveAccess(user: name, account: "111122223333", permissionSet: name)]
        plan.brakes[1] = BrakeReading(brake: "perGroup", limit: 1, value: 2, isTripped: true, group: name)
        var assignment = Action(id: "a1", kind: .createAssignment)
        assignment.group = name
        assignment.account = "111122223333"
        assignment.accountName = name
        assignment.permissionSet = name
        assignment.because = [Because(file: name, line: 1, note: name)]
        var update = Action(id: "a2", kind: .updateGroup)
        update.group = name
        update.changes = ["displayName": FieldChange(from: name, to: name)]
        var removal = Action(id: "a3", kind: .removeMember)
        removal.group = name
        removal.user = name
        removal.ended = ["left:google:" + name]
        plan.actions = [assignment, update, removal]
        return plan
    }

    /// So many additions in so many groups.
    static func large(actions: Int, groups: Int, nameLength: Int) -> Plan {
        var plan = empty()
        let filler = String(repeating: "x", count: nameLength)
        plan.actions = (0..<actions).map { index in
            var action = Action(id: "a\(index)", kind: .addMember)
            action.group = "g\(index % groups)-\(filler)"
            action.user = "u\(index)-\(filler)@example.com"
            action.because = [Because(via: "google:g@example.com", file: "Mappings/a.yaml", line: index)]
            return action
        }
        return plan
    }
}
