import Foundation
import Sandbox

/// A company with people in Google Workspace and in Microsoft Entra ID, as it is while it moves from the one to the other.
enum TwoDirectories {
    static let leads = "1ead0000-0000-4000-8000-000000000001"

    static func world() -> World {
        var world = World()
        // In both; bo is blocked in Entra, cy is suspended in Google.
        for name in ["ana", "bo", "cy"] {
            let user = world.addGoogleUser("\(name)@example.com", isSuspended: name == "cy")
            world.addEntraUser("\(name)@example.com", isEnabled: name != "bo")
            world.addUser(user.primaryEmail, externalID: user.id)
        }
        let gus = world.addGoogleUser("gus@example.com")
        world.addUser("gus@example.com", externalID: gus.id)
        for name in ["dee", "eli"] {
            let user = world.addEntraUser("\(name)@example.com")
            world.addUser("\(name)@example.com", externalID: user.id)
        }
        world.addEntraUser(
            "pat_partner.example#EXT#@example.onmicrosoft.com",
            mail: "pat@partner.example",
            userType: "Guest"
        )
        world.addUser("pat@partner.example")
        world.addGoogleGroup("staff@example.com", members: google(world, "ana", "bo", "cy", "gus"))
        world.addEntraGroup("Leads", id: leads, members: entra(world, "dee"))
        let guest = world.entra.users.filter { $0.userType == "Guest" }.map { World.EntraMember.user($0.id) }
        world.addEntraGroup(
            "Platform Engineers",
            members: entra(world, "ana", "bo", "cy", "eli") + guest + [.group(leads)]
        )
        world.addEntraGroup("Contractors", members: entra(world, "eli"))
        world.addAccount("200000000001", name: "production")
        world.addPermissionSet("Admin")
        return world
    }

    static func google(_ world: World, _ names: String...) -> [World.GoogleMember] {
        names.compactMap { world.google.user("\($0)@example.com").map { .user($0.id) } }
    }

    static func entra(_ world: World, _ names: String...) -> [World.EntraMember] {
        names.compactMap { name in
            world.entra.users.first { $0.userPrincipalName == "\(name)@example.com" }.map { .user($0.id) }
        }
    }

    /// A mapping that names these sources.
    static func mapping(of sources: [String]) -> String {
        let access = "access: [{ permissionSets: [Admin], accounts: [{ name: production }] }]"
        var text = "version: 1\ngroups:\n"
        if sources.contains("google") {
            text += "  staff:\n    members: [{ google: staff@example.com }]\n    \(access)\n"
        }
        if sources.contains("entra") {
            text += """
                  engineers:
                    members: [{ entra: Platform Engineers }]
                    except: [{ entra: Contractors }]
                    \(access)
                  leads:
                    members: [{ entra: \(leads) }]
                    nested: direct

                """
        }
        if sources.count == 2 {
            text += """
                  everybody:
                    members: [{ google: staff@example.com }, { entra: Platform Engineers }]

                """
        }
        return text
    }

    /// The groups with their members after a sync.
    static func outcome(of sources: [String]) -> [String] {
        var groups: [String: String] = [:]
        if sources.contains("google") { groups["staff"] = "ana@example.com bo@example.com gus@example.com" }
        if sources.contains("entra") {
            groups["engineers"] = "ana@example.com cy@example.com dee@example.com pat@partner.example"
            groups["leads"] = "dee@example.com"
        }
        if sources.count == 2 {
            groups["everybody"] =
                "ana@example.com bo@example.com cy@example.com dee@example.com eli@example.com gus@example.com"
                + " pat@partner.example"
        }
        return groups.map { "group \($0.key) ([idbridge:platform]): \($0.value)" }.sorted()
    }
}

extension Workplace {
    /// A configuration of these sources.
    ///
    /// - Parameters:
    ///   - credential: how the application proves itself to Entra.
    ///   - client: another client id than the application's; nil for none.
    func configuration(
        of sources: [String],
        credential: String = "{ secret: \"${env:AZURE_CLIENT_SECRET}\" }",
        client: String? = World.EntraApplication().clientID,
        tenant: String = World.Entra().tenantID
    ) -> String {
        var text = "version: 1\nowner: platform\nmappings: Mappings\nledger: ledger.sqlite\nsources:\n"
        if sources.contains("google") {
            text += """
                  google:
                    kind: google
                    credentials: \(sandbox.googleKeyFile)
                    impersonate: directory-reader@example.com
                    endpoint: \(sandbox.baseURL)

                """
        }
        if sources.contains("entra") {
            text += """
                  entra:
                    kind: entra
                    tenant: \(tenant)
                \(client.map { "    client: \($0)" } ?? "    # no client")
                    credential: \(credential)
                    authority: \(sandbox.baseURL)
                    graph: \(sandbox.baseURL)
                    guests: true

                """
        }
        return text + "target: { region: ap-northeast-1 }\n"
            + "brakes: { removals: off, perGroup: off, assignments: off }\n"
    }
}
