/// The people of the seeded company.
enum SeededPeople {
    /// Ordinary people, by the local part of their address.
    static let ordinary = [
        "ana", "bo", "cy", "dee", "eli", "fay", "gil", "hana", "ida", "jo", "kai", "lea", "mio", "nia", "pam", "rui",
        "sol", "tara", "uma", "vic", "wim", "xan", "yara", "zoe", "amir", "bea", "cleo", "carol", "mallory",
    ]
    /// Three people whose addresses are easily taken for each other's.
    static let similar = ["ana.b", "anab", "ana-b"]
    /// People whose names are not written in plain Latin letters: right-to-left ones, and letters that combine.
    static let nonLatin = [
        (local: "yuki", given: "ゆき", family: "例"), (local: "jose", given: "Jose\u{301}", family: "Ejemplo"),
        (local: "olga", given: "Ольга", family: "Пример"), (local: "sami", given: "سامي", family: "مثال"),
    ]
    /// People who are not in Identity Center yet.
    static let hired = ["cleo", "bea"]

    static func add(to world: inout World) {
        for local in ordinary + similar { world.addGoogleUser("\(local)@example.com") }
        for person in nonLatin {
            world.addGoogleUser("\(person.local)@example.com")
            world.changeGoogleUser("\(person.local)@example.com") { user in
                user.givenName = person.given
                user.familyName = person.family
            }
        }
        addDifficult(to: &world)
        addToIdentityCenter(&world)
    }

    private static func addDifficult(to world: inout World) {
        world.addGoogleUser("quin@example.com", isSuspended: true)
        world.addGoogleUser("oto@example.com", isArchived: true)
        world.addGoogleUser("dov@example.com")
        world.changeGoogleUser("dov@example.com") { $0.deletionTime = "2026-11-18T09:00:00.000Z" }
        world.addGoogleUser("consultant@partner.example", isGuest: true)
        // Renamed: the old address is an alias, and still the user name in Identity Center.
        world.addGoogleUser("lena@example.com", aliases: ["lena.before@example.com"])
        world.addGoogleUser("directory-reader@example.com")
        world.changeGoogleUser("directory-reader@example.com") { $0.isDelegatedAdmin = true }
        world.changeGoogleUser("tara@example.com") { $0.nonEditableAliases = ["tara@example.com.test-google-a.com"] }
    }

    /// Provisioning set the external ids of most; some were made by hand and have none.
    private static func addToIdentityCenter(_ world: inout World) {
        let madeByHand: Set = ["gil", "zoe"]
        for user in world.google.users {
            let local = String(user.primaryEmail.prefix { $0 != "@" })
            guard user.primaryEmail.hasSuffix("@example.com"), !hired.contains(local), local != "directory-reader"
            else {
                continue
            }
            let name = local == "lena" ? "lena.before@example.com" : user.primaryEmail
            world.addUser(name, externalID: madeByHand.contains(local) ? nil : user.id)
            world.changeUser(name) { $0.displayName = "\(user.givenName) \(user.familyName)" }
        }
    }
}
