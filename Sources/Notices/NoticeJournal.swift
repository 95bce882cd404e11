internal import FoundationEssentials
public import Model

/// What was told already, so that nobody is told twice: a pure machine over the news of runs.
///
/// A condition is told when it begins, when it changes, once a day while it lasts, and when it ends. Departures and
/// changes are told when they happen. What came of sending them is kept apart (``NoticeQueue``).
/// Source: `DESIGN.md`, "Notices".
public struct NoticeJournal: Hashable, Sendable {
    /// A condition as it was told last.
    struct Told: Hashable, Sendable, Codable {
        var kind: Condition.Kind
        var subject: String
        var code: String?
        var group: String?
        var text: String
        var identity: String
        var since: Timestamp
        var toldAt: Timestamp
    }

    private struct Stored: Codable {
        var format = "idbridge.notices/1"
        var lasting: [String: Told]
        var number: Int
    }

    /// The conditions that last, by key.
    private(set) var lasting: [String: Told] = [:]
    /// The notices that the news taken last came to, in the order in which they are to be sent.
    public private(set) var outbox: [Notice] = []
    private var number = 0

    /// A day, less what the start of a daily job varies by: with a whole day every second one would be left out.
    static let reminderSeconds: Int64 = 86400 - 600

    /// A journal of nothing told.
    public init() {}

    /// Reads what ``stored`` wrote; nil, or what cannot be read, is a journal of nothing told: it tells again at most.
    public init(stored bytes: [UInt8]?) {
        guard let bytes, let stored = try? JSONDecoder().decode(Stored.self, from: Data(bytes)),
            stored.format == "idbridge.notices/1"
        else { return }
        lasting = stored.lasting
        number = stored.number
    }

    /// The journal as JSON, for the ledger; it holds names of people and groups, and no secret.
    public var stored: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let data = try? encoder.encode(Stored(lasting: lasting, number: number))
        return data.map { [UInt8]($0) } ?? []
    }

    /// Takes the news of a run and puts what has to be told of it into the outbox.
    public mutating func take(_ news: RunNews, at now: Timestamp) {
        outbox = []
        var batch = Batch()
        update(news, at: now, into: &batch)
        for notice in batch.notices(news, at: now) { put(notice) }
        for notice in NoticeText.departures(news, at: now) { put(notice) }
        if let notice = NoticeText.changes(news, at: now) { put(notice) }
    }

    private mutating func put(_ notice: Notice) {
        var notice = notice
        number += 1
        notice.id = "\(notice.command)-\(notice.run ?? 0)-\(notice.at.seconds)-\(number)"
        outbox.append(notice)
    }

    private mutating func update(_ news: RunNews, at now: Timestamp, into batch: inout Batch) {
        let present = NoticeJournal.merged(news.conditions)
        for (key, condition) in present {
            guard var told = lasting[key] else {
                lasting[key] = Told(condition, at: now)
                batch.add(.began, condition.kind, condition.entry(since: now))
                continue
            }
            let hasChanged = told.identity != condition.identity
            guard hasChanged || told.isDue(now) else { continue }
            told.identity = condition.identity
            told.text = condition.text
            told.toldAt = now
            lasting[key] = told
            batch.add(hasChanged ? .changed : .lasting, condition.kind, condition.entry(since: told.since))
        }
        for (key, told) in lasting where present[key] == nil && told.isJudged(by: news) {
            lasting[key] = nil
            batch.add(.ended, told.kind, told.entry)
        }
    }

    /// The conditions by key; of several with one key, one that says it all.
    private static func merged(_ conditions: [Condition]) -> [String: Condition] {
        Dictionary(grouping: conditions, by: \.key).compactMapValues { same in
            guard var one = same.first else { return nil }
            one.text = Set(same.map(\.text)).sorted().joined(separator: "; ")
            one.identity = Set(same.map(\.identity)).sorted().joined(separator: "\n")
            return one
        }
    }
}

extension NoticeJournal.Told {
    init(_ condition: Condition, at now: Timestamp) {
        self.init(
            kind: condition.kind,
            subject: condition.subject,
            code: condition.code,
            group: condition.group,
            text: condition.text,
            identity: condition.identity,
            since: now,
            toldAt: now
        )
    }

    /// Whether a day has gone by; a clock that was set back does not make it silent.
    func isDue(_ now: Timestamp) -> Bool {
        now < since || toldAt > now || now.seconds - toldAt.seconds >= NoticeJournal.reminderSeconds
    }

    /// Whether a run came so far that its silence about this condition means that it ended.
    func isJudged(by news: RunNews) -> Bool {
        guard news.judged.contains(kind) else { return false }
        guard let only = news.only else { return true }
        return group.map { group in only.contains { $0.folded == group.folded } } ?? true
    }

    var entry: Notice.Entry { Notice.Entry(subject: subject, code: code, text: text, since: since) }
}

extension Condition {
    fileprivate func entry(since: Timestamp) -> Notice.Entry {
        Notice.Entry(subject: subject, code: code, text: text, since: since)
    }
}

/// The entries of one run by what becomes one notice.
private struct Batch {
    private struct Key: Hashable {
        var kind: Notice.Kind
        var phase: Notice.Phase
    }

    private var entries: [Key: [Notice.Entry]] = [:]

    mutating func add(_ phase: Notice.Phase, _ kind: Condition.Kind, _ entry: Notice.Entry) {
        let key = Key(kind: kind.notice, phase: phase)
        entries[key, default: []].append(entry)
    }

    func notices(_ news: RunNews, at now: Timestamp) -> [Notice] {
        var result: [Notice] = []
        for kind in [Notice.Kind.brake, .failure, .hold] {
            for phase in [Notice.Phase.began, .changed, .lasting, .ended] {
                guard let found = entries[Key(kind: kind, phase: phase)] else { continue }
                let sorted = found.sorted {
                    ($0.subject, $0.code ?? "", $0.text) < ($1.subject, $1.code ?? "", $1.text)
                }
                result.append(NoticeText.condition(kind, phase, sorted, news, at: now))
            }
        }
        return result
    }
}

extension Condition.Kind {
    fileprivate var notice: Notice.Kind {
        switch self {
        case .failure, .failedAction: .failure
        case .brake: .brake
        case .hold: .hold
        }
    }
}
