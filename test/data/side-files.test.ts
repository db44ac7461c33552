// Files beside ratings are told by the words of their header; one word more, and they are ratings.
import test from 'tape';
import { sideFileByHeader } from '../../lib/data/side-files.ts';

const sideFiles: readonly [header: string, said: string, ratings: string][] = [
  ['userId,friendId', 'a list of links between people (userId, friendId)', 'userId,friendId,itemId'],
  ['userId,movieId,tag', 'a list of tags (userId, movieId, tag)', 'userId,movieId,tag,rating'],
  ['user_id,age,gender', 'a list of people (user_id, age, gender)', 'user_id,age,gender,movie_id'],
  ['user,age,gender,name', 'a list of people (user, age, gender, name)', 'user,age,gender,rating'],
  ['movieId,imdbId', 'a list of links between catalogues (movieId, imdbId)', 'userId,movieId,imdbId'],
  [
    'movieId,imdbId,year',
    'a list of links between catalogues (movieId, imdbId, year)',
    'movieId,imdbId,rating',
  ],
  ['movieId,title,genres', 'a list of items (movieId, title, genres)', 'userId,movieId,title,genres'],
  ['itemId,genres,year', 'a list of items (itemId, genres, year)', 'itemId,genres,rating'],
];

test('a header says what a file beside ratings is, and no longer once it names what ratings have', (t) => {
  for (const [header, said, ratings] of sideFiles) {
    t.equal(sideFileByHeader(header.split(',')), said, header);
    t.equal(sideFileByHeader(ratings.split(',')), null, ratings);
  }
  t.equal(sideFileByHeader(['userId', 'movieId', 'rating', 'timestamp']), null);
  t.end();
});
