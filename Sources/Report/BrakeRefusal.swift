public import Model

/// What a person reads when a brake stopped a run (`PLANNING.md` 20).
public enum BrakeRefusal {
    /// The message: each tripped level with value, limit and who is concerned, and the command that lifts it for this plan.
    ///
    /// - Parameters:
    ///   - command: the program and arguments of this run, without `--allow-removals` and its value:
    ///     `["idbridge", "sync", "--config", "a.yaml"]`.
    ///   - isForecast: whether no run has begun yet: a plan says what one would do.
    public static func text(
        _ plan: Plan,
        command: [String],
        isForecast: Bool = false,
        style: TextStyle = .plain
    ) -> String {
        var page = TextPage(style: style)
        for reading in plan.trippedBrakes {
            page.prose("Brake \(Printable.text(reading.brake)) tripped: \(reading.text)", indent: 0, tone: .danger)
            if reading.countsEarlierRuns {
                page.prose("Counted with what runs of the last 24 hours took and nobody allowed.", indent: 2)
            }
            concerned(reading, &page)
        }
        page.prose(
            isForecast
                ? "A run would change nothing but the withdrawal of recorded departures and of expired windows."
                : "Nothing was changed but the withdrawal of recorded departures and of expired windows.",
            indent: 0
        )
        page.line("When this is what you want, and for exactly this plan:")
        page.line("  \(lifting(plan, command: command))", .heading)
        return page.text
    }

    /// The command that lifts the tripped brakes for exactly this plan, quoted for a POSIX shell.
    ///
    /// The removals' fingerprint serves where only removals are braked, since it outlives changes in what is given.
    public static func lifting(_ plan: Plan, command: [String]) -> String {
        let onlyRemovals = plan.trippedBrakes.allSatisfy { $0.brake != "gains" }
        let fingerprint = onlyRemovals ? plan.removalsFingerprint : plan.fingerprint
        return (command + ["--allow-removals", fingerprint]).map(shellQuoted).joined(separator: " ")
    }

    private static func concerned(_ reading: BrakeReading, _ page: inout TextPage) {
        guard !reading.concerned.isEmpty else { return }
        let named = reading.concerned.prefix(20).map(Printable.name).joined(separator: ", ")
        let rest = reading.concerned.count > 20 ? " and \(reading.concerned.count - 20) more" : ""
        page.prose(named + rest, indent: 2)
    }
}

/// A word for a POSIX shell; hidden characters are shown, so that a copied command does what it looks like.
func shellQuoted(_ word: String) -> String {
    let shown = Printable.text(word)
    let isPlain = shown.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "_-./:=@%+,".utf8.contains(byte)
        }
    }
    if isPlain, !shown.isEmpty { return shown }
    return "'" + shown.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
}
