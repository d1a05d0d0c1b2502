//! SQLite: two tables keyed by number, a prepared statement, the file mapped.

use std::path::Path;

use dialgate::Number;
use rusqlite::{Connection, params};

use crate::contest::{Effort, Peer};
use crate::plan::{Answer, Given, Plan, Tally};

/// Its bytes are those of the file.
pub struct Sqlite {
    connection: Connection,
    bytes: u64,
}

const TABLES: &str = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
    CREATE TABLE listed (number INTEGER PRIMARY KEY, lists INTEGER NOT NULL);
    CREATE TABLE consents (number INTEGER PRIMARY KEY, template INTEGER NOT NULL, at INTEGER NOT NULL);
    BEGIN";

const QUESTION: &str = "SELECT listed.lists, consents.template, consents.at FROM (SELECT ?1 AS number) AS asked
    LEFT JOIN listed ON listed.number = asked.number LEFT JOIN consents ON consents.number = asked.number";

impl Sqlite {
    /// Fills a new file in the folder.
    pub fn new(plan: &Plan, folder: &Path) -> Result<Self, rusqlite::Error> {
        let connection = Connection::open(folder.join("peer.sqlite"))?;
        connection.execute_batch(TABLES)?;
        {
            let mut listed = connection.prepare("INSERT INTO listed VALUES (?1, ?2)")?;
            let mut consents = connection.prepare("INSERT INTO consents VALUES (?1, ?2, ?3)")?;
            for (digits, answer) in plan.answers() {
                if let Some(lists) = answer.lists {
                    listed.execute(params![digits as i64, lists])?;
                }
                if let Some(given) = answer.consent {
                    consents.execute(params![digits as i64, given.template, given.at])?;
                }
            }
        }
        connection.execute_batch("COMMIT; PRAGMA mmap_size = 1099511627776")?;
        let pages: i64 = connection.query_row("PRAGMA page_count", [], |row| row.get(0))?;
        let page: i64 = connection.query_row("PRAGMA page_size", [], |row| row.get(0))?;
        Ok(Self { connection, bytes: (pages * page) as u64 })
    }

    fn ask(&self, asked: &[Number]) -> Result<Tally, rusqlite::Error> {
        let mut question = self.connection.prepare(QUESTION)?;
        let mut tally = Tally::default();
        for number in asked {
            tally.add(question.query_row([number.as_u64() as i64], |row| {
                let template: Option<u32> = row.get(1)?;
                let given = template
                    .map(|template| Ok::<_, rusqlite::Error>(Given { template, at: row.get(2)? }))
                    .transpose()?;
                Ok(Answer { lists: row.get(0)?, consent: given })
            })?);
        }
        Ok(tally)
    }
}

impl Peer for Sqlite {
    fn name(&self) -> &'static str {
        "SQLite"
    }

    fn effort(&self) -> Effort {
        Effort { single: 1 << 14, batch: Some(1 << 16), ..Effort::IN_PROCESS }
    }

    fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Each question is a transaction of its own.
    fn single(&mut self, asked: &[Number]) -> Tally {
        self.ask(asked).unwrap_or_else(|error| panic!("SQLite: {error}"))
    }

    /// All questions in one transaction.
    fn batch(&mut self, asked: &[Number]) -> Tally {
        let all = self.connection.unchecked_transaction().and_then(|transaction| {
            let tally = self.ask(asked)?;
            transaction.commit()?;
            Ok(tally)
        });
        all.unwrap_or_else(|error| panic!("SQLite: {error}"))
    }
}
