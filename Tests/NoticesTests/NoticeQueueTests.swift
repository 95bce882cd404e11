import Model
import Testing

@testable import Notices

@Suite struct NoticeQueueTests {
    private func down(_ notice: Notice, _ channel: NoticeChannel = .slack, isTried: Bool = true) -> NoticeFailure {
        NoticeFailure(channel: channel, notice: notice, message: "down", isTried: isTried)
    }

    @Test("what was not delivered stays for the channels that failed, comes first, and counts how often it was tried")
    func failing() {
        let channels: [NoticeChannel] = [.slack, .webhook]
        var queue = NoticeQueue()
        queue.add([notice("first", id: "1")], to: channels)
        #expect(queue.records.map(\.state) == [.waiting, .waiting])
        let first = queue.due(to: channels)
        #expect(first.map(\.channels) == [[.slack, .webhook]])
        queue.settle(first, [down(first[0])], at: moment(5))
        #expect(queue.records.map(\.state) == [.failed, .delivered])
        #expect(queue.records.map(\.attempts) == [1, 1] && queue.records[0].error == "down")
        queue.add([notice("second", id: "2")], to: channels)
        let due = queue.due(to: channels)
        #expect(due.map(\.id) == ["1", "2"] && due[0].channels == [.slack])
        #expect(queue.due(to: [.webhook]).map(\.id) == ["2"])
        queue.settle(due, [down(due[0]), down(due[1], isTried: false)], at: moment(9))
        #expect(queue.records.map(\.state) == [.failed, .delivered, .failed, .delivered])
        #expect(queue.records.map(\.attempts) == [2, 1, 0, 1])
        #expect(queue.records[2].triedAt == nil && queue.records[0].triedAt == moment(9))
        queue.settle(queue.due(to: channels), [], at: moment(10))
        #expect(queue.records.allSatisfy { $0.state == .delivered } && queue.due(to: channels).isEmpty)
        // The last error stays for the history.
        #expect(queue.records[0].error == "down" && queue.records[0].attempts == 3)
    }

    @Test("a channel that never answers does not keep notices without end: three days, and a hundred")
    func givenUp() {
        var queue = NoticeQueue()
        for number in 0..<150 { queue.add([notice(id: "\(number)")], to: [.slack]) }
        queue.giveUp(at: moment(60))
        let due = queue.due(to: [.slack])
        #expect(due.count == NoticeQueue.limit && due.first?.id == "50" && due.last?.id == "149")
        #expect(queue.records.prefix(50).allSatisfy { $0.state == .dropped })
        queue.giveUp(at: moment(3 * day - 1))
        #expect(queue.due(to: [.slack]).count == NoticeQueue.limit)
        queue.giveUp(at: moment(3 * day))
        #expect(queue.due(to: [.slack]).isEmpty)
    }

    @Test("a notice that cannot be read any more is given up, and keeps no other back") func unreadable() {
        let broken = NoticeRecord(
            id: "x",
            channel: "slack",
            command: "sync",
            at: moment(0),
            title: "x",
            content: [0xFF]
        )
        var queue = NoticeQueue([broken])
        queue.add([notice(id: "good")], to: [.slack])
        #expect(queue.due(to: [.slack]).map(\.id) == ["good"])
        queue.giveUp(at: moment(0))
        #expect(queue.records.map(\.state) == [.dropped, .waiting])
    }
}
