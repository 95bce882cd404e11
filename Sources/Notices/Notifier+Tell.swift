public import Model

extension Notifier {
    /// Tells what is new in a run, and what earlier runs, of whatever command, could not deliver.
    ///
    /// What is to be sent is in the ledger before it is sent, so that a run killed meanwhile loses nothing: the next one
    /// sends it, perhaps a second time. How each notice stands is kept there, for `history`.
    public func tell(_ news: RunNews, at now: Timestamp, ledger: any Ledger) async -> [NoticeFailure] {
        guard isSet else { return [] }
        var failures: [NoticeFailure] = []
        let fresh = await take(news, at: now, ledger, &failures)
        var queue = NoticeQueue()
        do throws(LedgerError) {
            let waiting = try await ledger.undeliveredNotices()
            let known = Set(waiting.map(\.id))
            queue = NoticeQueue(waiting + fresh.records.filter { !known.contains($0.id) })
        } catch {
            failures.append(.ledger(error))
            queue = fresh
        }
        queue.giveUp(at: now)
        let due = queue.due(to: noticeChannels)
        let undelivered = await deliver(due)
        queue.settle(due, undelivered, at: now)
        await keep(queue, ledger, &failures)
        return undelivered + failures
    }

    /// Takes the news into the journal of the command, and what has to be told of them into the ledger.
    private func take(
        _ news: RunNews,
        at now: Timestamp,
        _ ledger: any Ledger,
        _ failures: inout [NoticeFailure]
    ) async -> NoticeQueue {
        let key = NoticeJournal.cacheKey(command: news.command)
        var journal = NoticeJournal()
        do { journal = NoticeJournal(stored: try await ledger.cached(key)) } catch { failures.append(.ledger(error)) }
        journal.take(news, at: now)
        var queue = NoticeQueue()
        queue.add(journal.outbox, to: noticeChannels)
        // The notices before the journal: killed in between, it is told twice at most.
        await keep(queue, ledger, &failures)
        do { try await ledger.cache(journal.stored, for: key) } catch { failures.append(.ledger(error)) }
        return queue
    }

    private func keep(_ queue: NoticeQueue, _ ledger: any Ledger, _ failures: inout [NoticeFailure]) async {
        guard !queue.records.isEmpty else { return }
        do throws(LedgerError) { try await ledger.note(queue.records) } catch {
            let failure = NoticeFailure.ledger(error)
            if !failures.contains(failure) { failures.append(failure) }
        }
    }
}

extension NoticeJournal {
    /// Where the ledger keeps the journal of a command. `sync` and `apply` share one, since they judge the same things and
    /// never run at once; every other command has its own, so that two at once do not overwrite each other.
    static func cacheKey(command: String) -> String { "notices/\(command == "apply" ? "sync" : command)" }
}

extension NoticeFailure {
    fileprivate static func ledger(_ error: LedgerError) -> NoticeFailure {
        NoticeFailure(channel: .ledger, notice: nil, message: error.description)
    }
}
