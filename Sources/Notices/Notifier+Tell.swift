public import Model

extension Notifier {
    /// Tells what is new in a run, and what earlier runs could not deliver; remembers in the ledger what was told.
    ///
    /// What is to be sent is in the ledger before it is sent, so that a run killed meanwhile loses nothing: the next one
    /// sends it, perhaps a second time. Failures are noted as actions of the run, for `history`.
    public func tell(_ news: RunNews, at now: Timestamp, ledger: any Ledger) async -> [NoticeFailure] {
        guard isSet else { return [] }
        let key = NoticeJournal.cacheKey(command: news.command)
        var failures: [NoticeFailure] = []
        var journal = NoticeJournal()
        do { journal = NoticeJournal(stored: try await ledger.cached(key)) } catch { failures.append(.ledger(error)) }
        journal.take(news, at: now)
        await keep(journal, key, ledger, &failures)
        let undelivered = await deliver(journal.outbox)
        if !journal.outbox.isEmpty {
            journal.settle(undelivered, at: now)
            await keep(journal, key, ledger, &failures)
        }
        if let run = news.run, !undelivered.isEmpty {
            do { try await ledger.note(undelivered.map { $0.record(run: run, at: now) }) } catch {
                failures.append(.ledger(error))
            }
        }
        return undelivered + failures
    }

    private func keep(
        _ journal: NoticeJournal,
        _ key: String,
        _ ledger: any Ledger,
        _ failures: inout [NoticeFailure]
    ) async {
        do { try await ledger.cache(journal.stored, for: key) } catch { failures.append(.ledger(error)) }
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
