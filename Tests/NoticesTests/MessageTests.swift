import Model
import Testing

@testable import Notices

@Suite struct MessageTests {
    private let hostile = "<!channel> & \u{202E}nimda\u{0}\n*bold* `code` :fire:"

    @Test("a Slack message, whole") func slack() throws {
        let entry = Notice.Entry(
            subject: "platform-admins",
            code: "source-vanished",
            text: "google: platform@example.com is gone",
            since: moment(0)
        )
        let body = String(decoding: SlackMessage(notice(entries: [entry])).body, as: UTF8.self)
        #expect(
            body == #"{"blocks":["#
                + #"{"text":{"emoji":false,"text":"▲ 1 group is held","type":"plain_text"},"type":"header"},"#
                + #"{"text":{"emoji":false,"text":"• platform-admins [source-vanished]: google: platform@example.com is "#
                + #"gone (since 2023-11-14T22:13:20Z)","type":"plain_text"},"type":"section"},"#
                + #"{"elements":[{"emoji":false,"text":"idbridge platform, `sync`, run 12, 2023-11-14T22:13:20Z","#
                + #""type":"plain_text"}],"type":"context"}],"#
                + #""mrkdwn":false,"text":"▲ 1 group is held: platform-admins"}"#
        )
    }

    @Test("names in Slack are escaped and shown, in text objects that run nothing") func hostileSlack() throws {
        let message = try json(SlackMessage(notice(hostile, entries: [.init(subject: hostile, text: hostile)])).body)
        let shown = "&lt;!channel&gt; &amp; \\u{202E}nimda\\u{0}\\u{A}*bold* `code` :fire:"
        #expect(message["text"].text == "▲ \(shown): \(shown)")
        let blocks = message["blocks"].list
        #expect(blocks[0]["text"]["text"].text == "▲ \(shown)")
        #expect(blocks[1]["text"]["text"].text == "• \(shown): \(shown)")
        for text in texts(in: message) {
            #expect(text["type"].text == "plain_text")
            #expect(text["emoji"] == .bool(false))
        }
        #expect(message["mrkdwn"] == .bool(false))
    }

    @Test("a Slack message keeps the limits, whatever it holds") func limits() throws {
        let longs = [
            String(repeating: "&", count: 9000), String(repeating: "x", count: 9000),
            String(repeating: "👩‍🚀", count: 900),
            "e" + String(repeating: "\u{301}", count: 9000), String(repeating: "\u{202E}", count: 2000), "", "short",
        ]
        for count in [0, 1, 7, 60, 400] {
            for long in longs {
                let entries = (0..<count).map { Notice.Entry(subject: "\($0) \(long)", text: long) }
                let message = try json(SlackMessage(notice(long, entries: entries)).body)
                #expect((message["text"].text ?? "").utf16.count <= 4000)
                #expect(message["blocks"].list.count <= 50)
                for block in message["blocks"].list {
                    let limit = block["type"] == .text("header") ? 150 : 3000
                    for text in texts(in: block) {
                        #expect((1...limit).contains(text["text"].text?.utf16.count ?? 0))
                        #expect(text["text"].text?.hasSuffix("&am…") == false)
                    }
                }
            }
        }
    }

    @Test("entries for which there is no room are counted, and the first ones are shown") func counted() throws {
        let entries = (0..<400).map { Notice.Entry(subject: "g\($0)", text: String(repeating: "x", count: 2000)) }
        let all = texts(in: try json(SlackMessage(notice(entries: entries)).body)).compactMap(\.["text"].text)
        let shown = all.joined(separator: "\n").split(separator: "\n").count { $0.hasPrefix("• g") }
        #expect(shown == 80)
        #expect(all.contains("… and \(400 - shown) more: see `idbridge status` and `idbridge history`"))
    }

    @Test("fifty departures of long names are all in one Slack message") func departures() throws {
        let people = (0..<50).map {
            DepartureNews(user: "\($0)-" + String(repeating: "n", count: 250), since: moment(0), origin: .requested)
        }
        var journal = NoticeJournal()
        journal.take(news(departures: people), at: moment(0))
        #expect(journal.outbox.count == 1)
        let all = texts(in: try json(SlackMessage(journal.outbox[0]).body)).compactMap(\.["text"].text).joined()
        for number in 0..<50 { #expect(all.contains("• \(number)-n")) }
    }

    @Test("a title that the header cuts is given whole below it") func longTitle() throws {
        let title = String(repeating: "long ", count: 60)
        let blocks = try json(SlackMessage(notice(title)).body)["blocks"].list
        #expect(blocks[0]["text"]["text"].text?.hasSuffix("…") == true)
        #expect(blocks[0]["text"]["text"].text?.utf16.count == 150)
        #expect(blocks[1]["text"]["text"].text == "▲ \(title)")
    }

    @Test("a webhook message, whole: subjects are data, texts are safe to show") func webhook() {
        var sample = notice(
            "held: \(hostile)",
            entries: [.init(subject: "a\u{202E}", code: "not-owned", text: hostile)]
        )
        sample.counts = ["addMember": 2]
        #expect(
            String(decoding: WebhookMessage(sample).body, as: UTF8.self)
                == #"{"at":"2023-11-14T22:13:20Z","command":"sync","counts":{"addMember":2},"entries":["#
                + #"{"code":"not-owned","subject":"a"# + "\u{202E}"
                + #"","text":"<!channel> & \\u{202E}nimda\\u{0}\\u{A}*bold* `code` :fire:"}],"#
                + #""format":"idbridge.notice/1","id":"n","kind":"hold","owner":"platform","phase":"began","run":12,"#
                + #""title":"held: <!channel> & \\u{202E}nimda\\u{0}\\u{A}*bold* `code` :fire:"}"#
        )
    }

    @Test("a log line is one line that a terminal can show") func log() {
        let entries = (0..<25).map { Notice.Entry(subject: "g\($0)\u{1B}[31m", text: "gone\n") }
        let line = notice("25 groups are held", entries: entries).logLine
        #expect(line.hasPrefix("hold began: 25 groups are held: g0\\u{1B}[31m: gone\\u{A}; g1"))
        #expect(line.hasSuffix("; and 5 more"))
        #expect(line.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F })
    }

    /// All text objects anywhere in a message.
    private func texts(in value: JSONValue) -> [JSONValue] {
        switch value {
        case .object(let fields):
            if fields["type"] == .text("plain_text") || fields["type"] == .text("mrkdwn") { return [value] }
            return fields.sorted { $0.key < $1.key }.flatMap { texts(in: $0.value) }
        case .list(let values): return values.flatMap { texts(in: $0) }
        default: return []
        }
    }
}
