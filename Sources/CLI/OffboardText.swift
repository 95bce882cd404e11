internal import Engine
internal import Model
internal import Report

/// What the commands about departures say beside their report.
enum OffboardText {
    /// One name that fits two people, both shown.
    static func ambiguity(_ finding: PersonFinding) -> String {
        let people = finding.people.map { Printable.text($0.shown) }.joined(separator: "; and ")
        return "\(Printable.name(finding.asked)) fits \(finding.people.count) people: \(people)"
    }

    /// A tripped `departures.people`.
    static func brake(_ brake: DepartureBrake, perSeconds: Int64, lift: String) -> String {
        let names = brake.people.prefix(20).map(Printable.name).joined(separator: ", ")
        let more = brake.people.count > 20 ? " and \(brake.people.count - 20) more" : ""
        return """
            idbridge: departures.people: \(brake.value) people would be taken out within \(hours(perSeconds)), and the limit \
            is \(brake.limit): \(names)\(more). Nobody of these was touched; the request stays queued. \
            When all of them have left: \(Printable.text(lift))
            """
    }

    /// What became of a request that waited in the ledger.
    static func ending(_ outcome: RequestOutcome) -> String {
        if outcome.staysOpen { return "stays queued" }
        if !outcome.outcome.ambiguous.isEmpty { return "was refused where a name fits two people" }
        return "was carried out"
    }

    /// One line for the ledger.
    static func summary(_ outcomes: [DepartureOutcome]) -> String {
        let people = outcomes.flatMap(\.people)
        let withdrawn = people.reduce(0) { $0 + $1.withdrawn.count }
        let standing = people.filter { $0.ending == .standing }.count
        var text = "\(people.count) \(people.count == 1 ? "person" : "people"), \(withdrawn) withdrawn"
        if standing > 0 { text += ", \(standing) not proven" }
        let ambiguous = outcomes.reduce(0) { $0 + $1.ambiguous.count }
        if ambiguous > 0 { text += ", \(ambiguous) refused, since the name fits two people" }
        if outcomes.contains(where: { $0.brake != nil }) { text += ", stopped by departures.people" }
        return text
    }

    private static func hours(_ seconds: Int64) -> String {
        seconds % 3600 == 0 ? "\(seconds / 3600) h" : "\(seconds) s"
    }
}
