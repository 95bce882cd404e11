internal import Model

extension PlanReport {
    /// The plan for a terminal: by group with reasons and places, then what to know, then the numbers.
    public func text(_ style: TextStyle = .plain) -> String {
        guard !isCalm else {
            return "Nothing to do: \(targetText) is as the mapping wants it (owner \(Printable.text(plan.owner))).\n"
        }
        var page = TextPage(style: style)
        head(&page)
        for block in outline.blocks { page.block(block) }
        access(&page)
        held(&page)
        people(&page)
        warnings(&page)
        brakes(&page)
        foot(&page)
        return page.text
    }

    private func head(_ page: inout TextPage) {
        page.line("Plan for owner \(Printable.text(plan.owner)): \(targetText), as of \(plan.asOf)", .heading)
        for source in plan.sources {
            page.prose(sourceText(source), indent: 2, tone: source.isComplete ? .faint : .changed)
        }
        page.gap()
    }

    private func access(_ page: inout TextPage) {
        guard gained.pairs + lost.pairs > 0 else { return }
        page.line("Access in effect", .heading)
        let rows = [(ChangeMark.added, gained), (.removed, lost)].flatMap { mark, digest in
            digest.rows.prefix(20).map { row in
                let reason = ReasonLine(text: row.sizeText, place: row.examplesText(2))
                return OutlineLine(mark: mark, what: Printable.name(row.permissionSet), reasons: [reason])
            }
        }
        page.table(rows, indent: 2)
        for (words, digest) in [("gained", gained), ("lost", lost)] where digest.rows.count > 20 {
            page.line("    and \(digest.rows.count - 20) more permission sets \(words)", .faint)
        }
        page.gap()
    }

    private func held(_ page: inout TextPage) {
        guard !plan.held.isEmpty else { return }
        page.line(
            "Held: \(counted(summary.heldGroups, "group")), left as found but for leavers and expired windows",
            .heading
        )
        for hold in plan.held {
            let source = hold.source.map { ", source \(Printable.name($0))" } ?? ""
            let place = placeText(hold.file, hold.line).map { "  " + page.style.paint($0, .faint) } ?? ""
            let mark = page.style.paint("!", .changed)
            page.raw("  \(mark) \(Printable.name(hold.group))  \(Printable.text(hold.code))\(source)\(place)")
            page.prose(Printable.text(hold.reason), indent: 6)
        }
        page.gap()
    }

    private func people(_ page: inout TextPage) {
        if !plan.waiting.isEmpty {
            page.line(
                "Waiting for a user in Identity Center: \(counted(plan.waiting.count, "person", "people"))",
                .heading
            )
            page.people(plan.waiting.map { ($0.user, $0.groups, "") })
        }
        if !plan.departed.isEmpty {
            page.line(
                "Departed, and still listed by a source: \(counted(plan.departed.count, "person", "people"))",
                .heading
            )
            page.people(
                plan.departed.map {
                    ($0.user, $0.groups, "since \($0.since)\($0.groups.isEmpty ? "" : ", would be in ")")
                }
            )
        }
    }

    private func warnings(_ page: inout TextPage) {
        guard !plan.warnings.isEmpty else { return }
        page.line("Warnings: \(plan.warnings.count)", .heading)
        for (code, all) in warningsByCode {
            let count = all.count > 1 ? " (\(all.count))" : ""
            page.raw("  " + page.style.paint("\(Printable.text(code))\(count)", .changed))
            for warning in all.prefix(3) {
                let place = placeText(warning.file, warning.line).map { " (\($0))" } ?? ""
                page.prose(Printable.text(warning.message) + place, indent: 6)
            }
            if all.count > 3 { page.line("      and \(all.count - 3) more", .faint) }
        }
        page.gap()
    }

    private func brakes(_ page: inout TextPage) {
        guard !shownBrakes.isEmpty else { return }
        page.line("Brakes", .heading)
        for reading in shownBrakes {
            let state = reading.isTripped ? page.style.paint("tripped", .danger) : "near"
            page.raw("  \(padded(Printable.text(reading.brake), to: 12))  \(state): \(reading.text)")
        }
        page.gap()
    }

    private func foot(_ page: inout TextPage) {
        let people = counted(summary.waiting, "person", "people")
        var parts = [plan.actions.isEmpty ? "nothing to change" : summaryText]
        if summary.heldGroups > 0 { parts.append("\(counted(summary.heldGroups, "group")) held") }
        if summary.waiting > 0 { parts.append("\(people) waiting") }
        page.prose("Plan: " + parts.joined(separator: "; "), indent: 0, tone: .heading)
        if let unmanaged = plan.unmanagedAssignments {
            page.line("Not managed: \(counted(unmanaged, "assignment"))")
        }
        guard !plan.actions.isEmpty else { return }
        if let costText { page.line("Apply: \(costText)") }
        page.line("Fingerprint: \(Printable.text(plan.fingerprint))")
        guard plan.actions.contains(where: \.kind.takes) else { return }
        page.line("Removals:    \(Printable.text(plan.removalsFingerprint))")
    }
}

/// `file:line` where both are known, else the file.
func placeText(_ file: String?, _ line: Int?) -> String? {
    guard let file else { return nil }
    return line.map { "\(Printable.text(file)):\($0)" } ?? Printable.text(file)
}

extension AccessDigest.Row {
    /// `2 people, 3 accounts`.
    var sizeText: String { "\(counted(people, "person", "people")), \(counted(accounts, "account"))" }

    /// The first examples, and how many pairs there are besides.
    func examplesText(_ limit: Int = 3) -> String {
        let shown = examples.prefix(limit)
        let rest = pairs - shown.count
        return shown.joined(separator: ", ") + (rest > 0 ? " and \(rest) more" : "")
    }
}
