internal import Model

extension HistoryReport {
    /// The history for a terminal: newest first; names are shown, never run.
    public func text(_ style: TextStyle = .plain) -> String {
        guard !isEmpty else { return nothing }
        var page = TextPage(style: style)
        showRuns(&page)
        showDepartures(&page)
        showRequests(&page)
        showActions(&page)
        showNotices(&page)
        return page.text
    }

    private var nothing: String {
        switch subject {
        case .latest: "There are no runs yet.\n"
        case .run(let id): "There is no run \(id) in the ledger.\n"
        case .name(let name): "The ledger holds nothing about \(Printable.name(name)).\n"
        }
    }

    private func showRuns(_ page: inout TextPage) {
        guard !runs.isEmpty else { return }
        let numbers = runs.map { String($0.record.id) }
        let width = numbers.map(\.count).max() ?? 0
        let commands = runs.map { Printable.text($0.record.command) }
        let wide = commands.map(\.count).max() ?? 0
        for (index, run) in runs.enumerated() {
            let number = String(repeating: " ", count: width - numbers[index].count) + numbers[index]
            let head = "run \(number)  \(run.record.startedAt)  \(padded(commands[index], to: wide))  \(run.ending)"
            page.line([head, run.countText].filter { !$0.isEmpty }.joined(separator: "  "), run.tone)
            let more = [run.who, run.record.outcome.map(Printable.text) ?? ""].filter { !$0.isEmpty }
            if !more.isEmpty { page.prose(more.joined(separator: ": "), indent: width + 6, tone: .faint) }
        }
        page.gap()
    }

    private func showDepartures(_ page: inout TextPage) {
        for recorded in departures {
            let departure = recorded.departure
            page.line("departure of \(departure.shownName), recorded at \(departure.since)", .heading)
            page.line("    \(departure.shownOrigin)\(departure.reason.map { ": \(Printable.text($0))" } ?? "")", .faint)
            if let at = recorded.reinstatedAt {
                let why = recorded.reinstatedBecause.map { " (\(Printable.text($0)))" } ?? ""
                page.line("    taken back at \(at)\(why)")
            } else if let at = departure.settledAt {
                page.line("    in force; settled at \(at)")
            } else {
                page.line("    in force: nothing is given back until it ends", .changed)
            }
        }
        if !departures.isEmpty { page.gap() }
    }

    private func showRequests(_ page: inout TextPage) {
        for request in requests {
            let names = request.users.prefix(20).map(Printable.name).joined(separator: ", ")
            let rest = request.users.count > 20 ? " and \(request.users.count - 20) more" : ""
            page.line(
                "a request of \(request.at) by \(Printable.text(request.origin)) waits: \(names)\(rest)",
                .changed
            )
        }
        if !requests.isEmpty { page.gap() }
    }

    private func showActions(_ page: inout TextPage) {
        let isOneRun = if case .run = subject { true } else { false }
        for action in actions {
            let run = isOneRun ? "" : "  run \(action.run)"
            let request = action.requestID.map { "  request id \(Printable.text($0))" } ?? ""
            page.line("\(action.at)  \(action.what)  \(action.ending)\(run)\(request)", action.tone)
            let why = [action.reason, action.message].compactMap(\.self).filter { !$0.isEmpty }.map(Printable.text)
            if !why.isEmpty { page.prose(why.joined(separator: "; "), indent: 4, tone: .faint) }
        }
        if !actions.isEmpty { page.gap() }
    }

    private func showNotices(_ page: inout TextPage) {
        for notice in notices {
            page.line(
                "\(notice.at)  notice to \(Printable.text(notice.channel)): \(Printable.text(notice.title))",
                notice.state == .delivered ? nil : .changed
            )
            page.prose(notice.course, indent: 4, tone: .faint)
        }
    }
}

extension HistoryReport.Run {
    fileprivate var ending: String {
        guard let code = record.exitCode else { return "did not end: at work, or killed" }
        return "exit \(code)"
    }

    fileprivate var who: String {
        [record.owner, record.by].compactMap(\.self).map(Printable.text).joined(separator: ", by ")
    }

    fileprivate var countText: String {
        let order: [ActionRecord.Status] = [.done, .failed, .skipped, .kept, .begun]
        return order.compactMap { status in counts[status].map { "\($0) \(status.words)" } }.joined(separator: ", ")
    }

    fileprivate var tone: TextStyle.Tone? {
        switch record.exitCode {
        case 0?: nil
        case nil, 3?, 4?: .changed
        default: .danger
        }
    }
}

extension ActionRecord {
    /// `removeMember ana@example.com, group admins`.
    fileprivate var what: String {
        var objects: [String] = []
        if let user { objects.append(Printable.name(user)) }
        if let name = group ?? groupID {
            objects.append("\(kind == "deleteApplicationAssignment" ? "application" : "group") \(Printable.name(name))")
        }
        if let account {
            let set = permissionSet.map { "\(Printable.name($0)) on " } ?? ""
            objects.append("\(set)\(Printable.text(account))")
        }
        return ([Printable.text(kind)] + [objects.joined(separator: ", ")]).filter { !$0.isEmpty }
            .joined(separator: " ")
    }

    fileprivate var ending: String { status.words }

    fileprivate var tone: TextStyle.Tone? {
        switch status {
        case .done: nil
        case .failed: .danger
        case .begun, .skipped, .kept: .changed
        }
    }
}

extension ActionRecord.Status {
    fileprivate var words: String {
        switch self {
        case .begun: "begun, end unknown"
        case .done: "done"
        case .failed: "failed"
        case .skipped: "skipped"
        case .kept: "kept"
        }
    }
}

extension Departure {
    fileprivate var shownName: String {
        let id = identifiers.userID.map { " (\(Printable.text($0.value)))" } ?? ""
        return Printable.name(identifiers.primaryAddress ?? self.id) + id
    }

    fileprivate var shownOrigin: String {
        switch origin {
        case .requested: "asked for"
        case .found(let source): "found at \(Printable.name(source))"
        case .marker: "known by a marker group"
        }
    }
}

extension NoticeRecord {
    /// How it stands, in a sentence.
    fileprivate var course: String {
        let tries = counted(attempts, "try", "tries")
        let last = triedAt.map { ", the last at \($0)" } ?? ""
        let why = error.map { ": \(Printable.text($0))" } ?? ""
        return switch state {
        case .delivered: "delivered\(triedAt.map { " at \($0)" } ?? "")\(attempts > 1 ? " by \(tries)\(why)" : "")"
        case .waiting: "not tried yet; the next run sends it"
        case .failed: "failed after \(tries)\(last)\(why); the next run tries again"
        case .dropped: "given up after \(tries)\(last)\(why)"
        }
    }
}
