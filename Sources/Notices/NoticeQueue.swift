internal import FoundationEssentials
internal import Model

/// Notices on their way, by channel: which are due, and how each stands after a try. A pure machine over records.
///
/// A notice that could not be delivered is due again in the next run, of whatever command, until it is given up.
struct NoticeQueue {
    /// Notices that could not be sent are given up after three days, and where more than so many wait for one channel.
    static let limit = 100
    static let lastingSeconds: Int64 = 3 * 86400

    /// All records, the oldest first.
    private(set) var records: [NoticeRecord]

    init(_ records: [NoticeRecord] = []) { self.records = records }

    /// Adds new notices, for the channels that are set.
    mutating func add(_ notices: [Notice], to channels: [NoticeChannel]) {
        for notice in notices {
            for channel in channels where notice.channels.contains(channel) {
                records.append(NoticeRecord(notice, to: channel))
            }
        }
    }

    /// The notices to send now, each with the channels that lack it; those of channels that are not set wait.
    func due(to channels: [NoticeChannel]) -> [Notice] {
        let set = Set(channels.map(\.rawValue))
        var notices: [Notice] = []
        for record in records where record.isDue && set.contains(record.channel) {
            guard let channel = NoticeChannel(rawValue: record.channel), let notice = Notice(record) else { continue }
            if let index = notices.firstIndex(where: { $0.id == notice.id }) {
                notices[index].channels.insert(channel)
            } else {
                notices.append(notice)
            }
        }
        return notices
    }

    /// Gives up what is too old or too much, and what cannot be read any more.
    mutating func giveUp(at now: Timestamp) {
        var waiting: [String: Int] = [:]
        for index in records.indices.reversed() where records[index].isDue {
            let record = records[index]
            waiting[record.channel, default: 0] += 1
            let isOld = now.seconds - record.at.seconds >= NoticeQueue.lastingSeconds
            if isOld || waiting[record.channel, default: 0] > NoticeQueue.limit || Notice(record) == nil {
                records[index].state = .dropped
            }
        }
    }

    /// Notes what came of sending the notices that were due.
    mutating func settle(_ sent: [Notice], _ failures: [NoticeFailure], at now: Timestamp) {
        for notice in sent {
            for channel in notice.channels {
                let failure = failures.first { $0.notice?.id == notice.id && $0.channel == channel }
                settle(notice.id, channel, failure, at: now)
            }
        }
    }

    private mutating func settle(_ id: String, _ channel: NoticeChannel, _ failure: NoticeFailure?, at now: Timestamp) {
        guard let index = records.firstIndex(where: { $0.id == id && $0.channel == channel.rawValue }) else { return }
        records[index].state = failure == nil ? .delivered : .failed
        records[index].error = failure?.message ?? records[index].error
        guard failure?.isTried ?? true else { return }
        records[index].attempts += 1
        records[index].triedAt = now
    }
}

extension NoticeRecord {
    fileprivate var isDue: Bool { state == .waiting || state == .failed }

    fileprivate init(_ notice: Notice, to channel: NoticeChannel) {
        var single = notice
        single.channels = [channel]
        var seen: Set<String> = []
        self.init(
            id: notice.id,
            channel: channel.rawValue,
            command: notice.command,
            run: notice.run,
            at: notice.at,
            title: notice.title,
            subjects: notice.entries.map(\.subject).filter { seen.insert($0.folded).inserted },
            content: JSONBody.encode(single)
        )
    }
}

extension Notice {
    /// The notice that a record holds, for the record's channel; nil where it cannot be read.
    fileprivate init?(_ record: NoticeRecord) {
        guard let notice = try? JSONDecoder().decode(Notice.self, from: Data(record.content)) else { return nil }
        self = notice
    }
}
