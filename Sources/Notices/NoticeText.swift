internal import Model

/// The wording of notices.
enum NoticeText {
    /// A notice about conditions of one kind in one phase.
    static func condition(
        _ kind: Notice.Kind,
        _ phase: Notice.Phase,
        _ entries: [Notice.Entry],
        _ news: RunNews,
        at now: Timestamp
    ) -> Notice {
        notice(kind, phase, news, now, title: title(kind, phase, entries, news.command), entries: entries)
    }

    /// The departures of a run: people who left, and people who came back. One notice holds at most 50, so that no
    /// channel cuts any off.
    static func departures(_ news: RunNews, at now: Timestamp) -> [Notice] {
        let (back, gone) = (news.departures.filter(\.isReinstated), news.departures.filter { !$0.isReinstated })
        return [(gone, Notice.Phase.began), (back, .ended)].flatMap { people, phase in
            stride(from: 0, to: people.count, by: 50).map { start in
                let part = people[start..<min(start + 50, people.count)].map(entry)
                let who = part.count == 1 ? "1 person" : "\(part.count) people"
                let title =
                    phase == .began
                    ? "\(who) departed: access withdrawn and kept away"
                    : "the departure of \(who) was taken back"
                return notice(.departure, phase, news, now, title: title, entries: part)
            }
        }
    }

    /// The changes of a run by count, with the heaviest named; nil where there were none.
    static func changes(_ news: RunNews, at now: Timestamp) -> Notice? {
        guard let changes = news.changes else { return nil }
        let counts = changes.counts.filter { $0.value > 0 }
        let total = counts.values.reduce(0, +)
        guard total > 0 else { return nil }
        let parts = counts.sorted { $0.key < $1.key }.map { kind, count in "\(count) \(words(kind, count))" }
        var notice = notice(
            .changes,
            .happened,
            news,
            now,
            title:
                "`\(news.command)` made \(total) \(total == 1 ? "change" : "changes"): \(parts.joined(separator: ", "))",
            entries: changes.heaviest.map(entry)
        )
        notice.counts = Dictionary(uniqueKeysWithValues: counts.map { ($0.key.rawValue, $0.value) })
        return notice
    }

    private static func notice(
        _ kind: Notice.Kind,
        _ phase: Notice.Phase,
        _ news: RunNews,
        _ now: Timestamp,
        title: String,
        entries: [Notice.Entry]
    ) -> Notice {
        Notice(
            id: "",
            kind: kind,
            phase: phase,
            at: now,
            owner: news.owner,
            command: news.command,
            run: news.run,
            title: title,
            entries: entries
        )
    }

    private static func title(
        _ kind: Notice.Kind,
        _ phase: Notice.Phase,
        _ entries: [Notice.Entry],
        _ command: String
    ) -> String {
        let count = Set(entries.map(\.subject)).count
        let isOne = count == 1
        switch kind {
        case .brake:
            let brakes = isOne ? "1 brake" : "\(count) brakes"
            return switch phase {
            case .began, .happened: "\(brakes) stopped `\(command)`"
            case .changed: "\(brakes) \(isOne ? "stops" : "stop") `\(command)` for other reasons than before"
            case .lasting: "\(brakes) still \(isOne ? "stops" : "stop") `\(command)`"
            case .ended: "\(brakes) no longer \(isOne ? "stops" : "stop") `\(command)`"
            }
        case .failure:
            let failures = "\(isOne ? "1 failure" : "\(count) failures") in `\(command)`"
            return switch phase {
            case .began, .happened: failures
            case .changed: "\(failures), not the same as before"
            case .lasting: "still \(failures)"
            case .ended: "\(failures) \(isOne ? "is" : "are") over"
            }
        case .hold, .departure, .changes:
            let groups = isOne ? "1 group is" : "\(count) groups are"
            return switch phase {
            case .began, .happened: "\(groups) held"
            case .changed: "\(groups) held for another reason than before"
            case .lasting: "\(groups) still held"
            case .ended: "\(groups) no longer held"
            }
        }
    }

    private static func entry(_ person: DepartureNews) -> Notice.Entry {
        let origin =
            switch person.origin {
            case .requested: "asked for"
            case .found(let source): "found at \(source)"
            case .marker: "known by a marker group"
            }
        var text = person.isReinstated ? "taken back; the departure was \(origin)" : origin
        if let reason = person.reason { text += " (\(reason))" }
        if !person.isReinstated {
            text += "; \(person.withdrawn) withdrawn"
            if !person.accesses.isEmpty { text += " (\(Condition.listed(person.accesses)))" }
            if person.standing > 0 { text += ", \(person.standing) still standing: see `idbridge offboard`" }
        }
        let code = person.isReinstated ? "reinstated" : "departed"
        return Notice.Entry(subject: person.user, code: code, text: text, since: person.since)
    }

    private static func entry(_ access: EffectiveAccess) -> Notice.Entry {
        Notice.Entry(
            subject: access.user,
            code: "gained",
            text: "gains \(access.permissionSet) in \(access.account)",
            account: access.account.value,
            permissionSet: access.permissionSet
        )
    }

    private static func words(_ kind: ActionKind, _ count: Int) -> String {
        let (noun, verb) =
            switch kind {
            case .createUser: ("user", "created")
            case .updateUser: ("user", "updated")
            case .disableUser: ("user", "disabled")
            case .enableUser: ("user", "enabled")
            case .deleteUser: ("user", "deleted")
            case .createGroup: ("group", "created")
            case .updateGroup: ("group", "updated")
            case .deleteGroup: ("group", "deleted")
            case .addMember: ("membership", "added")
            case .removeMember: ("membership", "withdrawn")
            case .createAssignment: ("assignment", "created")
            case .deleteAssignment: ("assignment", "deleted")
            }
        return "\(noun)\(count == 1 ? "" : "s") \(verb)"
    }
}
