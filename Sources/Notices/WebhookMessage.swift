internal import FoundationEssentials
internal import Model

/// A notice as JSON for any receiver, `"format": "idbridge.notice/1"`.
///
/// `title` and `text` are for people and have nothing in them that a terminal or a chat would obey; `subject`, `account`
/// and `permissionSet` are data, as the directories gave them. A receiver may get a notice twice, with the same `id`.
struct WebhookMessage: Encodable {
    struct Entry: Encodable {
        var subject: String
        var code: String?
        var text: String
        var since: Timestamp?
        var account: String?
        var permissionSet: String?
    }

    var format = "idbridge.notice/1"
    var id: String
    var kind: Notice.Kind
    var phase: Notice.Phase
    var at: Timestamp
    var owner: String
    var command: String
    var run: Int64?
    var title: String
    var counts: [String: Int]
    var entries: [Entry]

    init(_ notice: Notice) {
        id = notice.id
        kind = notice.kind
        phase = notice.phase
        at = notice.at
        owner = notice.owner
        command = notice.command
        run = notice.run
        title = notice.title.shown
        counts = notice.counts
        entries = notice.entries.map { entry in
            Entry(
                subject: entry.subject,
                code: entry.code,
                text: entry.text.shown,
                since: entry.since,
                account: entry.account,
                permissionSet: entry.permissionSet
            )
        }
    }

    /// The body of the request.
    var body: [UInt8] { JSONBody.encode(self) }
}
