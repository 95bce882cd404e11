internal import FoundationEssentials
public import Model

/// A notice for a Slack incoming webhook.
///
/// All texts are `plain_text`, in which no markup, mention or link is run; the text beside the blocks, which is for the
/// notifications of devices, says `mrkdwn: false`. Source: apis.md, 10; docs.slack.dev, "Text object".
struct SlackMessage: Encodable {
    /// The limits of apis.md, 10, in characters.
    enum Limit {
        static let text = 3000
        static let header = 150
        static let section = 3000
        /// One entry, so that a long name leaves room for others.
        static let entry = 600
        /// Sections of entries: as much as anybody reads, and with the rest far below the 50 blocks.
        static let sections = 20
    }

    struct Text: Encodable {
        var type = "plain_text"
        var text: String
        var emoji = false
    }

    struct Block: Encodable {
        var type: String
        var text: Text?
        var elements: [Text]?
    }

    var text: String
    var mrkdwn = false
    var blocks: [Block]

    init(_ notice: Notice) {
        let title = "\(notice.phase.mark) \(notice.title)"
        let subjects = notice.entries.map(\.subject)
        text = "\(title)\(subjects.isEmpty ? "" : ": ")\(Condition.listed(subjects))".slack(limit: Limit.text)
        let header = Text(text: title.slack(limit: Limit.header))
        var blocks = [Block(type: "header", text: header)]
        // A title that was cut in the header is given whole below it.
        let whole = title.slack(limit: Limit.section)
        if header.text != whole { blocks.append(Block(type: "section", text: Text(text: whole))) }
        blocks += SlackMessage.sections(notice.entries).map { Block(type: "section", text: Text(text: $0)) }
        blocks.append(Block(type: "context", elements: [Text(text: notice.context.slack(limit: 500))]))
        self.blocks = blocks
    }

    /// The body of the request.
    var body: [UInt8] { JSONBody.encode(self) }

    /// The entries as texts of sections; those for which there is no room are counted.
    private static func sections(_ entries: [Notice.Entry]) -> [String] {
        var sections: [String] = []
        for (index, entry) in entries.enumerated() {
            let line = "• \(entry.line)".slack(limit: Limit.entry)
            if let last = sections.last, last.utf16.count + 1 + line.utf16.count <= Limit.section {
                sections[sections.count - 1] = "\(last)\n\(line)"
            } else if sections.count < Limit.sections {
                sections.append(line)
            } else {
                sections.append("… and \(entries.count - index) more: see `idbridge status` and `idbridge history`")
                break
            }
        }
        return sections
    }
}

/// JSON for the wire: keys sorted, so that the same notice is the same bytes.
enum JSONBody {
    static func encode(_ value: some Encodable) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Encoding fails only for numbers that are not finite; there is none.
        return (try? encoder.encode(value)).map { [UInt8]($0) } ?? []
    }
}

extension Notice.Phase {
    /// The sign before a title.
    var mark: String {
        switch self {
        case .began: "▲"
        case .changed: "△"
        case .lasting: "…"
        case .ended: "▽"
        case .happened: "•"
        }
    }
}

extension Notice.Entry {
    /// The entry on one line.
    var line: String {
        var line = subject
        if let code, code != subject { line += " [\(code)]" }
        line += ": \(text)"
        if let since { line += " (since \(since))" }
        return line
    }
}

extension Notice {
    /// Where the notice comes from.
    var context: String {
        "idbridge \(owner), `\(command)`\(run.map { ", run \($0)" } ?? ""), \(at)"
    }

    /// The notices of the departures of a run: for the log, whether a channel is set or not.
    public static func departures(_ news: RunNews, at now: Timestamp) -> [Notice] {
        NoticeText.departures(news, at: now)
    }

    /// The notice for a log, on one line.
    public var logLine: String {
        let objects = entries.prefix(20).map(\.line).joined(separator: "; ")
        let rest = entries.count > 20 ? "; and \(entries.count - 20) more" : ""
        return "\(kind.rawValue) \(phase.rawValue): \(title)\(objects.isEmpty ? "" : ": ")\(objects)\(rest)".shown
    }
}
