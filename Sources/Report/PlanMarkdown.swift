internal import Model

extension PlanReport {
    /// The plan as Markdown for a comment on a pull request.
    ///
    /// Names stand in code alone, where nothing in them is run. What does not fit is left out from the end, and
    /// the last line says how much.
    /// - Parameter limit: the most bytes; GitHub takes 65,536 characters. Below 4,000 it counts as 4,000.
    public func markdown(limit: Int = 60_000) -> String {
        var page = MarkdownPage(limit: max(4_000, limit) - 1_000)
        page.add("## idbridge plan\n\n")
        page.add("\(markdownLead)\n\n")
        if !shownBrakes.isEmpty { page.add(markdownBrakes) }
        if !plan.actions.isEmpty { page.add(markdownNumbers) }
        if gained.pairs + lost.pairs > 0 {
            page.fenced("Access in effect", isOpen: true, lines: markdownAccess)
        }
        if !plan.held.isEmpty {
            page.fenced("Held: \(counted(summary.heldGroups, "group"))", isOpen: true, lines: markdownHeld)
        }
        actions(&page)
        markdownPeople(&page)
        let warnings = markdownWarnings
        if !warnings.isEmpty { page.fenced("Warnings: \(plan.warnings.count)", isOpen: false, lines: warnings) }
        return page.finished(foot: markdownFoot)
    }

    private var markdownLead: String {
        let target = Printable.markdownCode("\(plan.target.identityStoreID) in \(plan.target.region)")
        var text = "Owner \(Printable.markdownCode(plan.owner)), target \(target), as of \(plan.asOf). "
        text += plan.actions.isEmpty ? "**Nothing to change.**" : "**\(summaryText).**"
        if summary.heldGroups > 0 { text += " \(counted(summary.heldGroups, "group")) held." }
        if summary.waiting > 0 { text += " \(counted(summary.waiting, "person", "people")) waiting." }
        for source in plan.sources where !source.isComplete {
            text += "\n\nSource \(Printable.markdownCode(source.name)) "
            text += source.isUnread ? "could not be read" : "was not read whole"
            text += source.problem.map { ": \(Printable.markdownCode(clipped($0)))." } ?? "."
        }
        return text
    }

    private var markdownNumbers: String {
        func row(_ title: String, _ added: [ActionKind], _ changed: [ActionKind], _ removed: [ActionKind]) -> String {
            let counts = [added, changed, removed].map { $0.reduce(0) { $0 + summary.count(of: $1) } }
            guard counts.contains(where: { $0 > 0 }) else { return "" }
            return "| \(title) | " + counts.map { $0 > 0 ? String($0) : "" }.joined(separator: " | ") + " |\n"
        }
        return "| | added | changed | removed |\n|---|--:|--:|--:|\n"
            + row("Groups", [.createGroup], [.updateGroup], [.deleteGroup])
            + row("Members", [.addMember], [], [.removeMember])
            + row("Assignments", [.createAssignment], [], [.deleteAssignment])
            + row("Users", [.createUser, .enableUser], [.updateUser], [.disableUser, .deleteUser]) + "\n"
    }

    private var markdownBrakes: String {
        shownBrakes.map { reading in
            let group = reading.group.map { " (\(Printable.markdownCode($0)))" } ?? ""
            var plain = reading
            plain.group = nil
            return "- \(reading.isTripped ? "**Brake tripped**" : "Near a brake") "
                + "\(Printable.markdownCode(reading.brake)): \(plain.text)\(group)\n"
        }.joined() + "\n"
    }

    private var markdownAccess: [String] {
        [("+", gained), ("-", lost)].flatMap { mark, digest in
            digest.rows.prefix(20).map { row in
                "\(mark) \(Printable.name(row.permissionSet))  \(row.sizeText): \(row.examplesText())"
            } + (digest.rows.count > 20 ? ["# and \(digest.rows.count - 20) more permission sets"] : [])
        }
    }

    private var markdownHeld: [String] {
        plan.held.prefix(50).flatMap { hold in
            let place = placeText(hold.file, hold.line).map { "  \($0)" } ?? ""
            return ["! \(Printable.name(hold.group))  \(Printable.text(hold.code))\(place)"]
                + wrapped(Printable.text(hold.reason), width: 100).map { "#     \($0)" }
        } + (plan.held.count > 50 ? ["# and \(plan.held.count - 50) more reasons"] : [])
    }

    private func actions(_ page: inout MarkdownPage) {
        for block in outline.blocks {
            let title = "<code>\(Printable.html(clipped(block.title)))</code>"
            let size = counted(block.actions, "change")
            page.fenced(
                "\(title): \(block.headline.isEmpty ? size : "\(block.headline), \(size)")",
                isOpen: plan.actions.count <= 100,
                lines: markdownLines(block),
                actions: block.actions
            )
        }
    }

    private func markdownLines(_ block: OutlineBlock) -> [String] {
        var lines = block.details.map { "! \($0)" }
        let reasons = block.reasons.map { [$0.text, $0.place].filter { !$0.isEmpty }.joined(separator: "  ") }
        if !reasons.isEmpty { lines.insert("# \(block.headline): " + reasons.joined(separator: "; "), at: 0) }
        var page = TextPage(style: .plain)
        page.table(block.lines, indent: 0)
        return lines
            + page.text.split(separator: "\n").map { line in
                // Of the marks, a host colours only + - and !
                line.hasPrefix("~") ? "!" + line.dropFirst() : String(line)
            }
    }

    private func markdownPeople(_ page: inout MarkdownPage) {
        let waiting = plan.waiting.prefix(20).map { "# \(Printable.name($0.user))  \(groups($0.groups))" }
        if !waiting.isEmpty {
            let title = "Waiting for a user in Identity Center: \(counted(plan.waiting.count, "person", "people"))"
            page.fenced(title, isOpen: false, lines: waiting + more(plan.waiting.count - 20))
        }
        let departed = plan.departed.prefix(20).map {
            "# \(Printable.name($0.user))  since \($0.since)\($0.groups.isEmpty ? "" : ", would be in \(groups($0.groups))")"
        }
        guard !departed.isEmpty else { return }
        let title = "Departed, and still listed by a source: \(counted(plan.departed.count, "person", "people"))"
        page.fenced(title, isOpen: false, lines: departed + more(plan.departed.count - 20))
    }

    private func groups(_ names: [String]) -> String {
        names.prefix(5).map(Printable.name).joined(separator: ", ")
            + (names.count > 5 ? " and \(names.count - 5) more" : "")
    }

    private func more(_ count: Int) -> [String] { count > 0 ? ["# and \(count) more"] : [] }

    private var markdownWarnings: [String] {
        warningsByCode.flatMap { code, all in
            ["! \(Printable.text(code)) (\(all.count))"]
                + all.prefix(3).map { warning in
                    let place = placeText(warning.file, warning.line).map { " (\($0))" } ?? ""
                    return "#     \(Printable.text(warning.message))\(place)"
                } + (all.count > 3 ? ["#     and \(all.count - 3) more"] : [])
        }
    }

    private var markdownFoot: String {
        guard !plan.actions.isEmpty else { return "" }
        let cost = costText.map { "Apply: \($0). " } ?? ""
        return "\(cost)Fingerprint \(Printable.markdownCode(clipped(plan.fingerprint))).\n"
    }
}

/// A text of at most 200 characters.
func clipped(_ text: String, to limit: Int = 200) -> String {
    let shown = text.prefix(limit)
    return shown.endIndex == text.endIndex ? text : shown + "…"
}

/// Markdown that never grows beyond a number of bytes.
struct MarkdownPage {
    private let limit: Int
    private var text = ""
    private var size = 0
    private var cutActions = 0
    private var cutSections = 0

    init(limit: Int) { self.limit = limit }

    /// Text as it is, where there is room.
    mutating func add(_ part: String) {
        guard fits(part.utf8.count) else { return }
        append(part)
    }

    /// Lines in a `diff` block behind a summary that opens and closes it; where not all fit, the first ones.
    ///
    /// - Parameter actions: how many actions the lines stand for, where they do.
    mutating func fenced(_ title: String, isOpen: Bool, lines: [String], actions: Int = 0) {
        let lines = lines.map { clipped($0, to: 400) }
        let fence = String(
            repeating: "`",
            count: max(3, lines.lazy.map { Printable.longestRun(of: 0x60, in: $0) }.max().map { $0 + 1 } ?? 3)
        )
        let head = "<details\(isOpen ? " open" : "")><summary>\(title)</summary>\n\n\(fence)diff\n"
        let foot = "\(fence)\n\n</details>\n\n"
        let note = "# … more lines are left out\n"
        guard let first = lines.first, fits(head.utf8.count + first.utf8.count + 1 + note.utf8.count + foot.utf8.count)
        else {
            cutSections += 1
            cutActions += actions
            return
        }
        append(head)
        var written = 0
        for line in lines {
            guard fits(line.utf8.count + 1 + note.utf8.count + foot.utf8.count) else { break }
            append(line + "\n")
            written += 1
        }
        if written < lines.count {
            append(note)
            cutSections += 1
            cutActions += max(0, actions - written)
        }
        append(foot)
    }

    /// The whole, with a word about what was cut.
    func finished(foot: String) -> String {
        var result = text
        if cutSections > 0 {
            let actions = cutActions > 0 ? ", with them about \(counted(cutActions, "change"))" : ""
            result += "**Cut to fit:** \(counted(cutSections, "section")) left out or shortened\(actions). "
            result += "The whole plan: `idbridge plan`, or `--format html`.\n\n"
        }
        return result + foot
    }

    private func fits(_ more: Int) -> Bool { size + more <= limit }

    private mutating func append(_ part: String) {
        text += part
        size += part.utf8.count
    }
}
