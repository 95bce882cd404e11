internal import Model

extension PlanReport {
    /// The plan as one HTML page that needs nothing else: no script, no outside font, picture or style.
    public func html() -> String {
        var page = HTMLPage()
        page.element("header") { page in
            page.element("h1", text: "idbridge plan")
            page.element("p", "lead", text: "Owner \(plan.owner), target \(targetText), as of \(plan.asOf)")
            for source in plan.sources {
                page.element("p", source.isComplete ? "source" : "source bad", text: sourceText(source))
            }
        }
        numbers(&page)
        brakes(&page)
        access(&page)
        held(&page)
        changes(&page)
        people(&page)
        warnings(&page)
        foot(&page)
        return HTMLPage.document(title: "idbridge plan \(plan.asOf)", body: page.text)
    }

    private func numbers(_ page: inout HTMLPage) {
        let tiles: [(String, [ActionKind], [ActionKind], [ActionKind])] = [
            ("Groups", [.createGroup], [.updateGroup], [.deleteGroup]),
            ("Members", [.addMember], [], [.removeMember]),
            ("Assignments", [.createAssignment], [], [.deleteAssignment]),
            ("Users", [.createUser, .enableUser], [.updateUser], [.disableUser, .deleteUser]),
        ]
        guard !plan.actions.isEmpty || summary.heldGroups + summary.waiting > 0 else {
            return page.element("p", "calm", text: "Nothing to do.")
        }
        page.element("section", "tiles") { page in
            for (title, added, changed, removed) in tiles {
                let counts = [added, changed, removed].map { $0.reduce(0) { $0 + summary.count(of: $1) } }
                guard counts.contains(where: { $0 > 0 }) else { continue }
                page.element("div", "tile") { page in
                    page.element("h2", text: title)
                    for (count, mark) in zip(counts, [ChangeMark.added, .changed, .removed]) where count > 0 {
                        page.element("span", mark.className, text: "\(mark.sign)\(count)")
                    }
                }
            }
            if summary.heldGroups > 0 { page.tile("Held", summary.heldGroups, "changed") }
            if summary.waiting > 0 { page.tile("Waiting", summary.waiting, "faint") }
        }
    }

    private func brakes(_ page: inout HTMLPage) {
        for reading in shownBrakes {
            page.element("p", reading.isTripped ? "brake tripped" : "brake") { page in
                page.element(
                    "strong",
                    text: "\(reading.isTripped ? "Brake tripped" : "Near a brake"): \(reading.brake)"
                )
                page.write(Printable.html(" – \(reading.text)"))
            }
        }
    }

    private func access(_ page: inout HTMLPage) {
        guard gained.pairs + lost.pairs > 0 else { return }
        page.section(
            "Access in effect",
            "who can reach what after this plan that they could not before, and the other way round"
        ) { page in
            page.element("table") { page in
                page.head(["", "Permission set", "How many", "Who and where"])
                for (mark, digest) in [(ChangeMark.added, gained), (.removed, lost)] {
                    for row in digest.rows {
                        let set = Printable.name(row.permissionSet)
                        page.row(mark, [(set, "name"), (row.sizeText, "nowrap"), (row.examplesText(), "")])
                    }
                }
            }
        }
    }

    private func held(_ page: inout HTMLPage) {
        guard !plan.held.isEmpty else { return }
        page.section("Held", "left as found, but for leavers and expired windows") { page in
            page.element("table") { page in
                page.head(["Group", "Reason", "", "Where"])
                for hold in plan.held {
                    page.row(
                        nil,
                        [
                            (Printable.name(hold.group), "name"), (hold.code, "nowrap"), (hold.reason, ""),
                            (placeText(hold.file, hold.line) ?? "", "place"),
                        ]
                    )
                }
            }
        }
    }

    private func changes(_ page: inout HTMLPage) {
        guard !plan.actions.isEmpty else { return }
        let isOpen = plan.actions.count <= 1_000
        page.section("Changes by group", nil) { page in
            for block in outline.blocks { page.block(block, isOpen: isOpen) }
        }
    }

    private func people(_ page: inout HTMLPage) {
        if !plan.waiting.isEmpty {
            page.section("Waiting", "desired, and not yet a user in Identity Center") { page in
                page.peopleTable(plan.waiting.map { ($0.user, "", $0.groups) }, columns: ["Person", "Groups"])
            }
        }
        guard !plan.departed.isEmpty else { return }
        page.section("Departed", "still listed by a source, and given nothing") { page in
            page.peopleTable(
                plan.departed.map { ($0.user, $0.since.description, $0.groups) },
                columns: ["Person", "Since", "Groups of the mapping"]
            )
        }
    }

    private func warnings(_ page: inout HTMLPage) {
        guard !plan.warnings.isEmpty else { return }
        page.section("Warnings", nil) { page in
            for (code, all) in warningsByCode {
                page.details("\(code) (\(all.count))", isOpen: all.count <= 5) { page in
                    page.element("table") { page in
                        for warning in all {
                            let place = placeText(warning.file, warning.line) ?? ""
                            page.row(nil, [(warning.message, ""), (place, "place")])
                        }
                    }
                }
            }
        }
    }

    private func foot(_ page: inout HTMLPage) {
        page.element("footer") { page in
            if let unmanaged = plan.unmanagedAssignments {
                page.element("p", text: "Not managed: \(counted(unmanaged, "assignment"))")
            }
            guard !plan.actions.isEmpty else { return }
            if let costText { page.element("p", text: "Apply: \(costText)") }
            page.element("p") { page in
                page.write("Fingerprint: ")
                page.element("code", text: plan.fingerprint)
            }
            page.element("p") { page in
                page.write("Removals: ")
                page.element("code", text: plan.removalsFingerprint)
            }
        }
    }
}

extension ChangeMark {
    fileprivate var className: String {
        switch self {
        case .added: "added"
        case .removed: "removed"
        case .changed: "changed"
        }
    }

    /// The mark with a true minus sign, which is as wide as the plus.
    fileprivate var sign: String { self == .removed ? "\u{2212}" : rawValue }
}

extension HTMLPage {
    fileprivate mutating func tile(_ title: String, _ count: Int, _ name: String) {
        element("div", "tile") { page in
            page.element("h2", text: title)
            page.element("span", name, text: String(count))
        }
    }

    fileprivate mutating func section(_ title: String, _ note: String?, _ content: (inout HTMLPage) -> Void) {
        element("section") { page in
            page.element("h2", text: title)
            if let note { page.element("p", "note", text: note) }
            content(&page)
        }
    }

    fileprivate mutating func head(_ titles: [String]) {
        element("thead") { page in
            page.element("tr") { page in
                for title in titles { page.element("th", text: title) }
            }
        }
    }

    fileprivate mutating func row(_ mark: ChangeMark?, _ cells: [(text: String, name: String)]) {
        element("tr", mark?.className) { page in
            if let mark { page.element("td", "mark", text: mark.sign) }
            for cell in cells { page.element("td", cell.name.isEmpty ? nil : cell.name, text: cell.text) }
        }
    }

    fileprivate mutating func peopleTable(
        _ people: [(user: String, words: String, groups: [String])],
        columns: [String]
    ) {
        element("table") { page in
            page.head(columns)
            for person in people {
                let words = person.words.isEmpty ? [] : [(person.words, "nowrap")]
                let groups = person.groups.map(Printable.name).joined(separator: ", ")
                page.row(nil, [(Printable.name(person.user), "name")] + words + [(groups, "")])
            }
        }
    }

    fileprivate mutating func details(_ title: String, isOpen: Bool, _ content: (inout HTMLPage) -> Void) {
        write("<details\(isOpen ? " open" : "")>")
        element("summary", text: title)
        content(&self)
        write("</details>\n")
    }

    fileprivate mutating func block(_ block: OutlineBlock, isOpen: Bool) {
        write("<details class=\"group\"\(isOpen ? " open" : "")>")
        element("summary") { page in
            page.element("span", "mark \(block.mark.className)", text: block.mark.sign)
            page.element("span", "name", text: block.title)
            let headline = [block.headline, counted(block.actions, "change")].filter { !$0.isEmpty }
            page.element("span", "faint", text: headline.joined(separator: ", "))
        }
        element("table") { page in
            for (index, reason) in block.reasons.enumerated() {
                let words = index == 0 ? block.headline : ""
                page.row(block.mark, [(words, "faint"), (reason.text, ""), (reason.place, "place")])
            }
            for detail in block.details { page.detail(detail) }
            for line in block.lines { page.line(line) }
        }
        write("</details>\n")
    }

    fileprivate mutating func detail(_ detail: String) {
        element("tr", ChangeMark.changed.className) { page in
            page.element("td", "mark", text: ChangeMark.changed.sign)
            page.write("<td colspan=\"3\">")
            page.write(Printable.html(detail))
            page.write("</td>")
        }
    }

    fileprivate mutating func line(_ line: OutlineLine) {
        let reasons = line.reasons.isEmpty ? [ReasonLine(text: "", place: "")] : line.reasons
        for (index, reason) in reasons.enumerated() {
            if index == 0 {
                row(line.mark, [(line.what, "name"), (reason.text, ""), (reason.place, "place")])
            } else {
                element("tr", "more \(line.mark.className)") { page in
                    page.write("<td></td><td></td>")
                    page.element("td", text: reason.text)
                    page.element("td", "place", text: reason.place)
                }
            }
        }
    }
}
