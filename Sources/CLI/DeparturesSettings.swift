internal import Configuration
internal import Engine
internal import Model
internal import SQLiteLedger

extension Session {
    /// How people are taken out, by the configuration and the run lock beside the ledger.
    var departureSettings: DepartureSettings {
        var settings = DepartureSettings()
        settings.people = configuration.departures.people
        settings.perSeconds = configuration.departures.perSeconds
        settings.makesMarker = configuration.departures.marker
        let path = RunLock.path(besideLedger: ledgerPath)
        settings.inFlight = { fence in
            do throws(LedgerError) {
                let state = try RunLock.state(path: path)
                guard state != .free else { return .nothing }
                // Without a ledger no order can be told: whoever holds the lock may have begun before.
                return state.mayPrecede(run: fence.map { $0 + 1 } ?? .max) ? .perhaps : .nothing
            } catch { return .unknown }
        }
        settings.pause = Session.pause(context.stop)
        return settings
    }

    /// Waits so many seconds, or until the run is told to stop.
    static func pause(_ stop: StopFlag) -> @Sendable (Double) async -> Void {
        { seconds in
            let clock = ContinuousClock()
            let end = clock.now + .seconds(seconds)
            while clock.now < end, stop.raisedBy == nil, !Task.isCancelled {
                try? await Task.sleep(for: min(.milliseconds(100), end - clock.now))
            }
        }
    }
}
