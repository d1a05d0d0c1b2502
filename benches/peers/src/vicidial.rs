//! VICIdial's do-not-call check on MariaDB: its two tables, and the two queries that it asks about a number.
//!
//! The system's list and the campaign's are asked one after the other, as text, and counts come back. Consents are
//! not known there.

use std::error::Error;
use std::io::{BufWriter, Write};
use std::path::Path;

use dialgate::Number;
use mysql::prelude::Queryable;
use mysql::{Conn, OptsBuilder};

use crate::contest::{Effort, Peer, Work};
use crate::plan::{Answer, Plan, Tally};
use crate::server::ServerClock;

pub struct Vicidial {
    server: Conn,
    clock: ServerClock,
    bytes: u64,
}

/// Numbers of this combination of lists are on the campaign's list, all others on the system's.
const OF_THE_CAMPAIGN: u8 = 3;

const TABLES: [&str; 4] = [
    "CREATE DATABASE asterisk CHARACTER SET utf8",
    "USE asterisk",
    "CREATE TABLE vicidial_dnc (phone_number VARCHAR(18) PRIMARY KEY NOT NULL) ENGINE=MyISAM",
    "CREATE TABLE vicidial_campaign_dnc (phone_number VARCHAR(18) NOT NULL, campaign_id VARCHAR(8) NOT NULL, \
     INDEX (phone_number), UNIQUE INDEX phonecamp (phone_number, campaign_id)) ENGINE=MyISAM",
];

const SIZE: &str = "SELECT CAST(SUM(data_length + index_length) AS UNSIGNED) FROM information_schema.tables \
                    WHERE table_schema = 'asterisk'";

impl Vicidial {
    /// Fills an empty server, through files in the folder that the server may read.
    pub fn new(plan: &Plan, socket: &Path, folder: &Path) -> Result<Self, Box<dyn Error>> {
        let options = OptsBuilder::new().socket(Some(socket.to_str().ok_or("the socket's path is no text")?));
        let mut server = Conn::new(options.user(Some("root")))?;
        for statement in TABLES {
            server.query_drop(statement)?;
        }
        for (table, of_campaign) in [("vicidial_dnc", false), ("vicidial_campaign_dnc", true)] {
            let path = folder.join(format!("{table}.txt"));
            let mut file = BufWriter::with_capacity(1 << 20, std::fs::File::create(&path)?);
            for (digits, answer) in plan.answers() {
                if answer.lists.is_some_and(|lists| (lists == OF_THE_CAMPAIGN) == of_campaign) {
                    writeln!(file, "{digits}{}", if of_campaign { "\tOUTBOUND" } else { "" })?;
                }
            }
            file.into_inner()?.sync_all()?;
            server.query_drop(format!("LOAD DATA INFILE '{}' INTO TABLE {table}", path.display()))?;
            std::fs::remove_file(path)?;
        }
        let bytes = server.query_first(SIZE)?.unwrap_or_default();
        Ok(Self { server, clock: ServerClock::of(socket)?, bytes })
    }

    fn ask(&mut self, number: Number) -> Result<Answer, mysql::Error> {
        let digits = number.as_u64();
        let of_all = format!("SELECT count(*) FROM vicidial_dnc where phone_number='{digits}';");
        let of_campaign = format!(
            "SELECT count(*) FROM vicidial_campaign_dnc where phone_number='{digits}' and campaign_id='OUTBOUND';"
        );
        let mut found = 0;
        for query in [of_all, of_campaign] {
            found += self.server.query_first::<u64, _>(query)?.unwrap_or_default();
        }
        Ok(Answer { lists: (found > 0).then_some(0), consent: None })
    }
}

impl Peer for Vicidial {
    fn name(&self) -> &'static str {
        "VICIdial on MariaDB"
    }

    fn work(&self) -> Work {
        Work::Suppression
    }

    fn effort(&self) -> Effort {
        Effort { single: 1 << 12, batch: None, ..Effort::IN_PROCESS }
    }

    fn server(&self) -> Option<ServerClock> {
        Some(self.clock)
    }

    fn bytes(&self) -> u64 {
        self.bytes
    }

    fn single(&mut self, asked: &[Number]) -> Tally {
        let answers = asked.iter().map(|number| self.ask(*number).unwrap_or_else(|error| panic!("MariaDB: {error}")));
        Tally { payload: 0, ..Tally::of(answers) }
    }

    fn batch(&mut self, asked: &[Number]) -> Tally {
        self.single(asked)
    }
}
