public import Model
public import YAML

/// Compares a plan with what a case expects, as the README of the cases says.
public struct CaseComparison {
    private let expected: Node?
    private let plan: Plan
    private let exitCode: Int32

    /// A comparison of a plan with the `expect` of a case.
    ///
    /// - Parameter exitCode: of `plan --detailed-exitcode`; nil: what the plan itself comes to.
    public init(_ root: Node, _ plan: Plan, exitCode: Int32? = nil) {
        expected = root["expect"]
        self.plan = plan
        self.exitCode = exitCode ?? plan.detailedExitCode
    }

    /// One sentence for each difference.
    public func problems() -> [String] {
        actions() + held() + people() + warnings() + brakes() + access() + exits()
    }

    // MARK: Actions

    private func actions() -> [String] {
        var problems: [String] = []
        var labels: [String: Action] = [:]
        var left = plan.actions
        let nodes = expected?["actions"]?.list ?? []
        for node in nodes {
            guard let place = left.firstIndex(where: { fits(node, $0) }) else {
                problems.append("missing action \(describe(node))")
                continue
            }
            if let label = node["as"]?.text { labels[label] = left[place] }
            problems += details(node, left[place])
            left.remove(at: place)
        }
        problems += left.map { "unexpected action \(DescribedAction($0).text)" }
        problems += afters(nodes, labels)
        for pair in expected?["order"]?.list ?? [] {
            let names = pair.texts
            guard names.count == 2, let first = labels[names[0]], let second = labels[names[1]],
                let one = plan.actions.firstIndex(of: first), let two = plan.actions.firstIndex(of: second), one < two
            else {
                problems.append("order of \(names) is wrong")
                continue
            }
        }
        return problems
    }

    private func fits(_ node: Node, _ action: Action) -> Bool {
        func agrees(_ key: String, _ value: String?) -> Bool { node[key].map { $0.text == value } ?? true }
        guard agrees("kind", action.kind.rawValue), agrees("group", action.group), agrees("user", action.user),
            agrees("account", action.account?.value), agrees("permissionSet", action.permissionSet),
            agrees("description", action.description)
        else { return false }
        guard let changes = node["changes"]?.entries else { return true }
        guard changes.count == action.changes.count else { return false }
        return changes.allSatisfy { entry in
            guard let change = action.changes[entry.key.text] else { return false }
            return value(entry.value["from"]) == change.from && value(entry.value["to"]) == change.to
        }
    }

    private func value(_ node: Node?) -> String? { node.flatMap { $0.isNull ? nil : $0.text } }

    private func details(_ node: Node, _ action: Action) -> [String] {
        var problems: [String] = []
        if let ended = node["ended"]?.texts, ended != action.ended {
            problems.append("\(DescribedAction(action).text) ended \(action.ended), expected \(ended)")
        }
        if let ended = node["endedHas"]?.texts, !Set(ended).isSubset(of: action.ended) {
            problems.append("\(DescribedAction(action).text) ended \(action.ended), expected at least \(ended)")
        }
        if let because = node["because"]?.list {
            let fitting = because.allSatisfy { entry in action.because.contains { fits(entry, $0) } }
            if because.count != action.because.count || !fitting {
                problems.append("\(DescribedAction(action).text) because \(action.because)")
            }
        }
        return problems
    }

    private func fits(_ node: Node, _ because: Because) -> Bool {
        if let via = node["via"]?.text, via != because.via { return false }
        if let through = node["through"]?.texts, through != because.through { return false }
        if let file = node["file"]?.text, file != because.file { return false }
        if let line = node["line"]?.int, line != because.line { return false }
        return true
    }

    private func afters(_ nodes: [Node], _ labels: [String: Action]) -> [String] {
        let byID = Dictionary(plan.actions.map { ($0.id, $0) }, uniquingKeysWith: { $1 })
        var problems: [String] = []
        for node in nodes {
            guard let wanted = node["after"]?.texts, let action = plan.actions.first(where: { fits(node, $0) }) else {
                continue
            }
            var reached: Set<String> = []
            var pending = action.after
            while let id = pending.popLast() {
                guard reached.insert(id).inserted, let next = byID[id] else { continue }
                pending += next.after
            }
            for label in wanted where labels[label].map({ !reached.contains($0.id) }) ?? true {
                problems.append("\(DescribedAction(action).text) does not run after \(label)")
            }
        }
        return problems
    }

    private func describe(_ node: Node) -> String {
        (node.entries ?? []).map { "\($0.key.text): \($0.value.scalar?.text ?? "…")" }.joined(separator: ", ")
    }

    // MARK: The rest

    private func held() -> [String] {
        var left = plan.held.map { ($0.group, $0.code) }
        var problems: [String] = []
        for node in expected?["held"]?.list ?? [] {
            let place = left.firstIndex { hold in
                (node["group"].map { $0.text == hold.0 } ?? true) && (node["code"].map { $0.text == hold.1 } ?? true)
            }
            if let place { left.remove(at: place) } else { problems.append("missing hold \(describe(node))") }
        }
        return problems + left.map { "unexpected hold \($0)" }
    }

    private func people() -> [String] {
        var problems: [String] = []
        let waiting = Set(plan.waiting.map { "\($0.user): \($0.groups.sorted())" })
        let wanted = Set(
            (expected?["waiting"]?.list ?? []).map {
                "\($0["user"]?.text ?? ""): \(($0["groups"]?.texts ?? []).sorted())"
            }
        )
        if waiting != wanted { problems.append("waiting \(waiting), expected \(wanted)") }
        if let departed = expected?["departed"]?.texts, Set(departed) != Set(plan.departed.map(\.user)) {
            problems.append("departed \(plan.departed.map(\.user)), expected \(departed)")
        }
        return problems
    }

    private func warnings() -> [String] {
        let codes = Set(plan.warnings.map(\.code))
        if let exact = expected?["warnings"]?["exact"]?.texts {
            return Set(exact) == codes ? [] : ["warnings \(codes), expected exactly \(exact)"]
        }
        return (expected?["warnings"]?.texts ?? []).compactMap { code in
            if code == "any" { return codes.isEmpty ? "no warning" : nil }
            return codes.contains(code) ? nil : "warnings \(codes), expected \(code)"
        }
    }

    private func brakes() -> [String] {
        var problems: [String] = []
        for entry in expected?["brakes"]?.entries ?? [] {
            guard let reading = plan.brakes.first(where: { $0.brake == entry.key.text }) else {
                problems.append("no reading of \(entry.key.text)")
                continue
            }
            if let limit = entry.value["limit"]?.int, limit != reading.limit {
                problems.append("\(reading.brake) limit \(reading.limit.map(String.init) ?? "null"), expected \(limit)")
            }
            if let value = entry.value["value"]?.int, value != reading.value {
                problems.append("\(reading.brake) value \(reading.value), expected \(value)")
            }
            if let tripped = entry.value["tripped"]?.bool, tripped != reading.isTripped {
                problems.append("\(reading.brake) tripped \(reading.isTripped)")
            }
        }
        return problems
    }

    private func access() -> [String] {
        var problems: [String] = []
        func compare(_ name: String, _ nodes: [Node]?, _ found: [EffectiveAccess]) {
            guard let nodes else { return }
            let wanted = Set(
                nodes.map {
                    EffectiveAccess(
                        user: $0["user"]?.text ?? "",
                        account: AccountID($0["account"]?.text ?? ""),
                        permissionSet: $0["permissionSet"]?.text ?? ""
                    )
                }
            )
            if wanted != Set(found) { problems.append("\(name) \(found), expected \(wanted)") }
        }
        compare("gained", expected?["access"]?["gained"]?.list, plan.gained)
        compare("lost", expected?["access"]?["lost"]?.list, plan.lost)
        if let count = expected?["unmanagedAssignments"]?.int, count != plan.unmanagedAssignments {
            problems.append("unmanaged \(plan.unmanagedAssignments.map(String.init) ?? "null"), expected \(count)")
        }
        return problems
    }

    private func exits() -> [String] {
        guard let wanted = expected?["exit"]?["plan-detailed"]?.int else { return [] }
        let found = Int(exitCode)
        return wanted == found ? [] : ["plan --detailed-exitcode \(found), expected \(wanted)"]
    }
}

private struct DescribedAction {
    let text: String
    init(_ action: Action) {
        let objects = [action.group, action.user, action.account?.value, action.permissionSet].compactMap { $0 }
        text =
            "\(action.kind.rawValue) \(objects.joined(separator: " ")) \(action.ended) \(action.changes) \(action.description ?? "")"
    }
}
